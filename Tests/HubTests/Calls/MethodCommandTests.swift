import ArgumentParser
import Contract
import Foundation
import RPC
import SwiftProtobuf
import Testing

@testable import hub

struct MethodCommandTests {
    @Test func `options fill the request`() throws {
        let request = try self.request(
            CreditsGroup.PlaceHold.self,
            ["--amount", "1.5", "--service", "video", "--expires-in", "60", "--request-id", "r1"]
        )

        #expect(
            request
                == PlaceHoldRequest.with {
                    $0.requestID = "r1"
                    $0.amount = "1.5"
                    $0.service = "video"
                    $0.expiresIn = 60
                }
        )
    }

    @Test func `a plain argument and a negative amount are taken`() throws {
        let request = try self.request(
            CreditsGroup.AdjustCredits.self,
            ["0199-ada", "--amount", "-2.5", "--reason", "mistake"]
        )

        #expect(request.userID == "0199-ada")
        #expect(request.amount == "-2.5")
    }

    @Test func `a plain argument must be there`() throws {
        #expect(throws: Failure(.usage, "Missing argument '<hold-id>'.")) {
            _ = try self.request(CreditsGroup.ReleaseHold.self)
        }
    }

    @Test func `an enum is given by its short name`() throws {
        let request = try self.request(CreditsGroup.ListTransactions.self, ["--kind", "usage"])

        #expect(request.kind == .usage)
    }

    @Test func `an unknown name of an enum is refused with the known ones`() async throws {
        let outcome = try await Desk().run("credits", "list-transactions", "--kind", "gift")

        #expect(outcome.status == .usage)
        #expect(outcome.errors.contains("'initial'") && outcome.errors.contains("'adjustment'"))
    }

    @Test func `a whole request comes from a file and options stand above it`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        try Data(#"{"model": "a", "maxTokens": 5, "messages": [{"role": "user", "content": "Hi"}]}"#.utf8)
            .write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }

        let request = try self.request(InferenceGroup.Chat.self, ["--json", path, "--model", "b"])

        #expect(request.model == "b")
        #expect(request.maxTokens == 5)
        #expect(request.messages.map(\.content) == ["Hi"])
    }

    @Test(arguments: [#"{"colour": "red"}"#, #"{"expiresIn": "soon"}"#, "{", ""])
    func `a whole request that does not fit is refused`(json: String) async throws {
        let outcome = try await Desk().run("credits", "place-hold", "--json", "-", input: json)

        #expect(outcome.status == .usage)
        #expect(outcome.errors.hasPrefix("Error: - is no hub.credits.v1.PlaceHoldRequest in proto3 JSON:"))
    }

    @Test func `a file that is not there is named`() async throws {
        let outcome = try await Desk().run("credits", "get-balance", "--json", "/nowhere/at/all")

        #expect(outcome.status == .usage)
        #expect(outcome.errors == "Error: Cannot read /nowhere/at/all: No such file or directory.\n")
    }

    @Test func `a secret in the whole request is not asked for`() throws {
        let desk = Desk()
        let shell = try desk.shell(reading: #"{"email": "a@b", "password": "hush"}"#)
        let command = try IdentityGroup.Login.parse(["--json", "-"])

        #expect(try command.request(in: shell).password == "hush")
    }

    @Test func `a secret is no option`() async throws {
        let outcome = try await Desk().run("identity", "login", "--email", "a@b", "--password", "hush")

        #expect(outcome.status == .usage)
        #expect(outcome.errors.contains("Unknown option '--password'"))
    }

    @Test func `every command of the contract says what it does`() {
        for group in generatedGroups {
            #expect(!group.configuration.abstract.isEmpty)
            for command in group.configuration.subcommands { #expect(!command.configuration.abstract.isEmpty) }
        }
    }

    @Test func `every method of the contract that takes one message is a command`() {
        let commands = generatedGroups.flatMap { group in
            group.configuration.subcommands.map { String(describing: $0) }
        }

        let callable = ContractMethods.all.map(\.method).filter { !$0.kind.streamsRequests }
        #expect(Set(commands) == Set(callable.map(\.name)))
    }

    private func request<C: MethodCommand>(_ command: C.Type, _ arguments: [String] = []) throws -> C.Request {
        let desk = Desk()
        return try command.parse(arguments).request(in: desk.shell())
    }
}
