import HTTPTypes
import RPC

/// How long the caller will wait, from `Grpc-Timeout` (such as `500m`) and `Connect-Timeout-Ms`; the smaller counts.
enum RequestedTimeout {
    /// - Throws: ``ErrorAnswer`` for a header that is no timeout.
    static func read(_ headers: HTTPFields) throws -> Duration? {
        let timeouts = try [
            headers[.grpcTimeout].map { try self.parse($0, "Grpc-Timeout", self.grpc) },
            headers[.connectTimeout].map { try self.parse($0, "Connect-Timeout-Ms", self.connect) },
        ]
        return timeouts.compactMap(\.self).min()
    }

    private static func parse(_ text: String, _ name: String, _ read: (String) -> Duration?) throws -> Duration {
        guard let timeout = read(text) else { throw ErrorAnswer.invalid(name, "is not a timeout") }
        return timeout
    }

    /// At most eight digits and a unit.
    private static func grpc(_ text: String) -> Duration? {
        guard let unit = text.last, let amount = self.digits(text.dropLast(), atMost: 8) else { return nil }
        return switch unit {
        case "H": .seconds(amount * 3600)
        case "M": .seconds(amount * 60)
        case "S": .seconds(amount)
        case "m": .milliseconds(amount)
        case "u": .microseconds(amount)
        case "n": .nanoseconds(amount)
        default: nil
        }
    }

    private static func connect(_ text: String) -> Duration? {
        self.digits(text[...], atMost: 10).map { .milliseconds($0) }
    }

    private static func digits(_ text: Substring, atMost count: Int) -> Int64? {
        guard (1...count).contains(text.utf8.count), text.utf8.allSatisfy(UInt8.digits.contains) else { return nil }
        return Int64(text)
    }
}

extension UInt8 {
    /// The ASCII digits.
    static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
}

extension HTTPField.Name {
    fileprivate static let grpcTimeout = HTTPField.Name.known("Grpc-Timeout")
    fileprivate static let connectTimeout = HTTPField.Name.known("Connect-Timeout-Ms")

    /// A name that is written in the source and therefore valid.
    static func known(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is no field name") }
        return name
    }
}
