import Foundation
import Hummingbird

/// Writes server-sent events, in the manner the script asks for.
struct EventWriter {
    // Safe: the one task that answers the request owns the writer and awaits each write.
    nonisolated(unsafe) private var body: any ResponseBodyWriter
    private let script: Script

    init(_ body: any ResponseBodyWriter, script: Script) {
        self.body = body
        self.script = script
    }

    mutating func send(_ value: some Encodable) async throws {
        try await self.send(data: JSON.encode(value))
    }

    mutating func send(data: some Sequence<UInt8>) async throws {
        var bytes: [UInt8] = []
        if self.script.comments { bytes += ": working\(self.script.lineEnd)\(self.script.lineEnd)".utf8 }
        bytes += "data: ".utf8
        bytes += data
        bytes += "\(self.script.lineEnd)\(self.script.lineEnd)".utf8
        try await self.write(bytes[...])
    }

    private mutating func write(_ bytes: ArraySlice<UInt8>) async throws {
        var rest = bytes
        while !rest.isEmpty {
            let part = rest.prefix(self.script.bytes ?? rest.count)
            try await self.body.write(ByteBuffer(bytes: part))
            rest = rest.dropFirst(part.count)
        }
    }
}
