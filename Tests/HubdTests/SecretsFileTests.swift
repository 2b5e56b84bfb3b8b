import Foundation
import Settings
import Support
import Testing

@testable import hubd

@Suite struct SecretsFileTests {
    private func path() throws -> String { try ScratchFolder.make("secrets") + "/master.key" }

    private func file(holding text: String) throws -> String {
        let path = try self.path()
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        #expect(FileManager.default.createFile(atPath: path, contents: Data(text.utf8), attributes: attributes))
        return path
    }

    private func refusal(of path: String) -> String? {
        #expect(throws: SettingsError.self) { try SecretsFile.read(path) }?.description
    }

    @Test func `a file that is made can be read, by its owner only`() throws {
        let path = try self.path()

        try SecretsFile.make(path: path)

        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        _ = try SecretsFile.read(path)
    }

    @Test func `nothing lies beside a file that is made`() throws {
        let path = try self.path()

        for _ in 0..<2 { try SecretsFile.make(path: path) }

        let folder = URL(filePath: path).deletingLastPathComponent().path
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["master.key"])
    }

    @Test func `a file that is there stays as it is`() throws {
        let path = try self.path()
        try SecretsFile.make(path: path)
        let before = FileManager.default.contents(atPath: path)

        try SecretsFile.make(path: path)

        #expect(before != nil)
        #expect(FileManager.default.contents(atPath: path) == before)
    }

    @Test func `every key is another one`() throws {
        let (one, other) = (try self.path(), try self.path())

        try SecretsFile.make(path: one)
        try SecretsFile.make(path: other)

        #expect(FileManager.default.contents(atPath: one) != FileManager.default.contents(atPath: other))
    }

    @Test func `of many that make it at once each can read it, and all the same`() async throws {
        for _ in 0..<20 {
            let path = try self.path()

            let keys = try await withThrowingTaskGroup(of: Data?.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try SecretsFile.make(path: path)
                        _ = try SecretsFile.read(path)
                        return FileManager.default.contents(atPath: path)
                    }
                }
                return try await group.reduce(into: Set<Data?>()) { $0.insert($1) }
            }

            #expect(keys.count == 1)
        }
    }

    @Test(arguments: [0o640, 0o604, 0o620, 0o644])
    func `a file that others can reach is refused`(mode: Int) throws {
        let path = try self.path()
        try SecretsFile.make(path: path)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)

        #expect(self.refusal(of: path) == "secrets.file: \(path) can be read by others; run chmod 600 on it.")
    }

    @Test(arguments: ["", "x", "AAAA", "not base64url!", String(repeating: "A", count: 44)])
    func `a file that holds something else is refused without showing it`(text: String) throws {
        let path = try self.file(holding: text)

        #expect(self.refusal(of: path) == "secrets.file: \(path) does not hold 32 bytes in base64url.")
    }

    @Test func `a file that is missing is named`() throws {
        let path = try self.path()

        #expect(self.refusal(of: path)?.hasPrefix("secrets.file: there is no file \(path).") == true)
    }

    @Test func `a folder that is missing is named`() {
        let error = #expect(throws: SettingsError.self) { try SecretsFile.make(path: "/nowhere/master.key") }

        #expect(error?.description == "secrets.file: cannot make /nowhere/master.key: No such file or directory.")
    }
}
