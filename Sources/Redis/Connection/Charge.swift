/// What counts against the bounds of a connection: commands without an answer, and their bytes.
struct Charge: Sendable, Equatable {
    var commands = 0
    var bytes = 0

    static func += (left: inout Charge, right: Charge) {
        left.commands += right.commands
        left.bytes += right.bytes
    }

    static func -= (left: inout Charge, right: Charge) {
        left.commands -= right.commands
        left.bytes -= right.bytes
    }
}
