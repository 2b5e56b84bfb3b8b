import SwiftProtobuf

/// Prints the answers of one command, in the form that the user chose.
struct Printer {
    let shell: Shell
    let format: OutputFormat
    private var isInsideLine = false
    private var hasTitles = false

    init(shell: Shell, format: OutputFormat) {
        self.shell = shell
        self.format = format
    }

    /// Prints one answer, or one message of a stream.
    mutating func show(_ message: some Tabular) throws {
        switch self.format {
        case .json: try self.shell.output.write(message.jsonString(options: .stable) + "\n")
        case .table: try message.present(on: &self)
        }
    }

    /// The titles come once, with the first table.
    mutating func write(_ table: Table) throws {
        let lines = table.lines(titled: !self.hasTitles)
        self.hasTitles = true
        guard !lines.isEmpty else { return }
        try self.shell.output.writeForeign(lines.joined(separator: "\n") + "\n")
    }

    /// Prints a piece of running text as it is.
    mutating func write(_ text: String) throws {
        guard !text.isEmpty else { return }
        try self.shell.output.writeForeign(text)
        // Not hasSuffix: to that, the line end of CSV is one character.
        self.isInsideLine = text.utf8.last != UInt8(ascii: "\n")
    }

    /// Prints a piece of CSV: byte for byte into a file, without the carriage returns on a terminal.
    mutating func write(csv: String) throws {
        try self.write(self.shell.output.isTerminal ? csv.replacing("\r\n", with: "\n") : csv)
    }

    /// A line about the answer, on standard error.
    mutating func remark(_ line: String) throws {
        self.endLine()
        try self.shell.errors.writeForeign(line + "\n")
    }

    /// Ends the line that running text left open.
    mutating func endLine() {
        guard self.isInsideLine else { return }
        self.isInsideLine = false
        try? self.shell.output.write("\n")  // what mattered is written
    }
}

extension JSONEncodingOptions {
    /// The same message always gives the same text.
    fileprivate static var stable: JSONEncodingOptions {
        var options = JSONEncodingOptions()
        options.useDeterministicOrdering = true
        return options
    }
}
