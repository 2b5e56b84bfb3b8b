/// Something that the contract must not be, and where.
struct Problem: Equatable, CustomStringConvertible {
    let position: SourcePosition
    let message: String

    init(_ position: SourcePosition, _ message: String) {
        self.position = position
        self.message = message
    }

    var description: String { "\(self.position): \(self.message)" }
}
