import Contract
import Foundation
import SwiftProtobuf
import Testing

@testable import hub

struct SessionFileTests {
    private let desk = Desk()
    private let file: SessionFile
    private let session: Session

    init() throws {
        self.file = try SessionFile(in: self.desk.shell())
        let tokens = TokenPair.with {
            $0.accessToken = "a"
            $0.refreshToken = "r"
            $0.expiresIn = 900
        }
        self.session = Session(server: .standard, email: "ada@example.org", tokens: tokens, at: self.desk.now)
    }

    @Test func `a session is kept as it is`() throws {
        #expect(try self.file.load() == nil)

        try self.file.save(self.session)

        #expect(try self.file.load() == self.session)
    }

    @Test func `only the user can read the file and its folder`() throws {
        try self.file.save(self.session)

        #expect(try self.mode(of: self.file.path) == 0o600)
        #expect(try self.mode(of: self.desk.home + "/hub") == 0o700)
    }

    @Test func `a file is replaced in one step and leaves no draft`() throws {
        try self.file.save(self.session)
        let before = try FileManager.default.attributesOfItem(atPath: self.file.path)[.systemFileNumber] as? UInt64

        try self.file.save(self.session)

        let after = try FileManager.default.attributesOfItem(atPath: self.file.path)[.systemFileNumber] as? UInt64
        #expect(before != after)
        #expect(try FileManager.default.contentsOfDirectory(atPath: self.desk.home + "/hub") == ["session.json"])
    }

    @Test(arguments: [0o640, 0o604, 0o620])
    func `a file that others can open is refused`(mode: Int) async throws {
        try self.file.save(self.session)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: self.file.path)

        let outcome = try await self.desk.run("balance")

        #expect(outcome.status == .failure)
        #expect(outcome.errors.contains("can be opened by other users (mode \(String(mode, radix: 8)))"))
        #expect(outcome.errors.contains("chmod 600"))
    }

    @Test func `a damaged file is named`() throws {
        try self.file.save(self.session)
        try Data("{".utf8).write(to: URL(filePath: self.file.path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: self.file.path)

        let failure = #expect(throws: Failure.self) { try self.file.load() }

        #expect(failure?.lines.first == "Error: \(self.file.path) is damaged.")
    }

    @Test func `a session can be forgotten twice`() throws {
        try self.file.save(self.session)

        try self.file.remove()
        try self.file.remove()

        #expect(try self.file.load() == nil)
    }

    @Test func `without a folder of its own the file is below the home`() throws {
        self.desk["XDG_CONFIG_HOME"] = "relative"
        self.desk["HOME"] = "/home/ada"

        #expect(try SessionFile(in: self.desk.shell()).path == "/home/ada/.config/hub/session.json")
    }

    @Test func `without a home there is no place for a session`() throws {
        self.desk["XDG_CONFIG_HOME"] = nil

        #expect(throws: Failure.self) { try SessionFile(in: self.desk.shell()) }
    }

    private func mode(of path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
}
