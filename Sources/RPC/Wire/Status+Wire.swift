internal import SwiftProtobuf

extension Status {
    /// The most bytes a status may take in a response.
    static let longestEncoding = 8 * 1024

    /// A status as received; an undecodable one is an error of the peer.
    init(decoding bytes: RawSpan) {
        guard let status = try? Google_Rpc_Status(serializedBytes: bytes) else {
            self.init(.internal, "The server sent a status that does not decode.", reason: "MALFORMED_STATUS")
            return
        }
        self.init(Code(number: status.code), status.message, details: status.details)
    }

    /// The status as a `google.rpc.Status` of bounded size: first details give way from the last on, then the message.
    func encoded() -> [UInt8] {
        var status = Google_Rpc_Status()
        status.code = Int32(self.code.rawValue)
        status.message = self.message
        status.details = self.details
        while true {
            // Encoding packed details and text cannot fail.
            let bytes: [UInt8] = (try? status.serializedBytes()) ?? []
            guard bytes.count > Self.longestEncoding else { return bytes }
            if status.details.popLast() == nil {
                status.message = status.message.truncated(to: Self.longestEncoding - 64)
            }
        }
    }
}

extension String {
    /// The longest start of the text that fits into a number of UTF-8 bytes.
    func truncated(to limit: Int) -> String {
        var end = self.utf8.index(self.startIndex, offsetBy: limit, limitedBy: self.endIndex) ?? self.endIndex
        while end > self.startIndex, end.samePosition(in: self.unicodeScalars) == nil {
            end = self.utf8.index(before: end)
        }
        return String(self[..<end])
    }
}
