/// An amount of credits, exact to the millionth. Arithmetic traps on nothing: what does not fit is `nil`.
package struct CreditAmount: Sendable, Hashable, Comparable {
    /// Millionths of a credit.
    package let micro: Int64

    package static let zero = CreditAmount(micro: 0)
    /// One credit.
    package static let one = CreditAmount(micro: microPerCredit)

    /// Micro-credits in a credit.
    package static let microPerCredit: Int64 = 1_000_000
    /// Most fraction digits.
    package static let fractionDigits = 6

    package init(micro: Int64) {
        self.micro = micro
    }

    package static func < (left: CreditAmount, right: CreditAmount) -> Bool { left.micro < right.micro }

    /// The sum, or `nil` when it does not fit.
    package func adding(_ other: CreditAmount) -> CreditAmount? {
        let (sum, overflow) = self.micro.addingReportingOverflow(other.micro)
        return overflow ? nil : CreditAmount(micro: sum)
    }

    /// What undoes it. The smallest amount has no opposite and becomes the largest; no account gets that far.
    package var negated: CreditAmount { CreditAmount(micro: self.micro == .min ? .max : -self.micro) }

    /// The difference, or `nil` when it does not fit.
    package func subtracting(_ other: CreditAmount) -> CreditAmount? {
        let (difference, overflow) = self.micro.subtractingReportingOverflow(other.micro)
        return overflow ? nil : CreditAmount(micro: difference)
    }
}

extension CreditAmount: CustomStringConvertible {
    /// Reads a decimal string with at most six fraction digits, such as `12.5` or `-0.000001`; `nil` for anything else,
    /// amounts that do not fit included.
    package init?(_ text: String) {
        var digits = Substring(text)
        let isNegative = digits.first == "-"
        if isNegative { digits.removeFirst() }
        let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = parts.count == 2 ? parts[1] : "0"
        guard
            Self.isDecimal(parts[0]), Self.isDecimal(fraction), fraction.utf8.count <= Self.fractionDigits,
            let micro = Int64(
                (isNegative ? "-" : "") + parts[0] + fraction
                    + String(repeating: "0", count: Self.fractionDigits - fraction.utf8.count)
            )
        else { return nil }
        self.micro = micro
    }

    /// The shortest decimal form: no exponent, no trailing zeros.
    package var description: String {
        let (whole, rest) = self.micro.magnitude.quotientAndRemainder(dividingBy: Self.microPerCredit.magnitude)
        let sign = self.micro < 0 ? "-" : ""
        guard rest > 0 else { return "\(sign)\(whole)" }
        var fraction = String(rest)
        fraction = String(repeating: "0", count: Self.fractionDigits - fraction.count) + fraction
        while fraction.last == "0" { fraction.removeLast() }
        return "\(sign)\(whole).\(fraction)"
    }

    private static func isDecimal(_ digits: Substring) -> Bool {
        !digits.isEmpty && digits.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
