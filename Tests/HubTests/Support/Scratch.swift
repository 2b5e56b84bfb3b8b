import Foundation
import Testing

@testable import hub

/// A file without a name, for a stream of the program.
final class Scratch: Stream {
    private let file: FileHandle

    /// A file with this text, to be read from its start.
    init(_ text: String = "") throws {
        let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        try Data(text.utf8).write(to: URL(filePath: path))
        self.file = try #require(FileHandle(forUpdatingAtPath: path))
        try FileManager.default.removeItem(atPath: path)
    }

    var descriptor: Int32 { self.file.fileDescriptor }

    /// All that was written.
    func text() throws -> String {
        try self.file.seek(toOffset: 0)
        return String(decoding: try self.file.readToEnd() ?? Data(), as: UTF8.self)
    }
}
