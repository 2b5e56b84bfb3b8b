import RPC

/// Puts the messages of a stream, and how it ended, into the records of a media type.
///
/// Each stream ends with a record of its own, so a body without it was cut. As no field of a proto message starts with
/// `@`, the last record of lines and arrays cannot be taken for a message.
struct StreamFraming {
    private let mediaType: MediaType
    private var count = 0

    init(_ mediaType: MediaType) {
        self.mediaType = mediaType
    }

    /// The record of a message, whose JSON is one line.
    mutating func message(_ json: [UInt8]) -> [UInt8] {
        self.count += 1
        return switch self.mediaType {
        case .eventStream: Self.record("id: \(self.count)\ndata: ", json, "\n\n")
        case .jsonLines: Self.record("", json, "\n")
        case .json, .csv: Self.record(self.count == 1 ? "[" : ",", json, "")
        }
    }

    /// The last record. No failure means that the stream is complete.
    func end(_ failure: Status?) -> [UInt8] {
        let status = failure.map(StatusJSON.encode) ?? StatusJSON.ok
        return switch self.mediaType {
        case .eventStream: Self.record("event: \(failure == nil ? "end" : "error")\ndata: ", status, "\n\n")
        case .jsonLines: Self.record(#"{"@end":"#, status, "}\n")
        case .json, .csv: Self.record((self.count == 0 ? "[" : ",") + #"{"@end":"#, status, "}]\n")
        }
    }

    private static func record(_ opening: String, _ json: [UInt8], _ closing: String) -> [UInt8] {
        opening.utf8 + json + closing.utf8
    }
}
