import Foundation

/// A usage that is not what was used.
enum UsageFault: Sendable {
    case missing
    case twice
    case claim(prompt: Decimal, completion: Decimal)

    /// Takes two numbers such as `-1,5`.
    init?(claim: String) {
        let numbers = claim.split(separator: ",").compactMap { Decimal(string: String($0)) }
        guard numbers.count == 2 else { return nil }
        self = .claim(prompt: numbers[0], completion: numbers[1])
    }
}
