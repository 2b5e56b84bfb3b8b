/// Writes comma-separated values as RFC 4180 has them, safe to open in a spreadsheet.
///
/// Spreadsheets take a cell that begins with one of a few characters for a formula, whoever wrote it there. Such a cell gets
/// an apostrophe in front, which they show as text (OWASP ASVS 1.2.10). Plain numbers stay as they are.
package enum CSVWriter {
    /// One record, with the line end that RFC 4180 asks for.
    package static func line(_ cells: [String]) -> String {
        // A lone empty cell would read as an empty line, which many readers skip.
        guard cells != [""] else { return "\"\"\r\n" }
        return cells.map(self.cell).joined(separator: ",") + "\r\n"
    }

    /// One cell, quoted where it has to be.
    static func cell(_ text: String) -> String {
        let harmless = self.isFormula(text) ? "'" + text : text
        guard harmless.utf8.contains(where: self.special.contains) else { return harmless }
        var quoted = "\""
        for scalar in harmless.unicodeScalars {
            if scalar == "\"" { quoted.unicodeScalars.append(scalar) }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }

    /// What cannot stand in a cell without quotes.
    private static let special: Set<UInt8> = [
        UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\r"), UInt8(ascii: "\n"),
    ]

    /// What a formula can begin with; the wide forms are what some spreadsheets in East Asia take for the narrow ones.
    private static let formulaStarts: Set<Unicode.Scalar> = [
        "=", "+", "-", "@", "\t", "\r", "\n", "\0", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}",
    ]

    private static func isFormula(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, self.formulaStarts.contains(first) else { return false }
        return !self.isNumber(text)
    }

    /// Whether it is digits, perhaps with a minus in front and a fraction behind.
    private static func isNumber(_ text: String) -> Bool {
        let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
        let parts = digits.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        return parts.allSatisfy { part in
            !part.isEmpty && part.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        }
    }
}
