import AsyncHTTPClient
import Contract
import Foundation
import NIOCore
import NIOHTTP1
import RPC
import Support
import SwiftProtobuf
import Testing

/// A caller who leaves, by whatever door, or whose time is up, stops the handler and the provider; what came is paid and
/// the rest of the hold returns.
@Suite(.timeLimit(.minutes(3))) struct CancellationTests {
    /// An answer that never ends by itself.
    private static let forever = "[[standin: repeat=forever delay=5ms]] hello"
    /// A provider that takes the question and never answers.
    private static let silence = "[[standin: hang]] hello"

    @Test func `a caller who hangs up over HTTP`() async throws {
        try await self.leaving { person, id in
            let text = try await person.reading(chat(Self.forever, requestID: id), id) { $0.contains("hello") }

            #expect(!text.contains("@end"))
        }
    }

    @Test func `a caller who hangs up over HTTP before anything came`() async throws {
        try await self.leaving { person, id in
            let asking = Task {
                try await person.send(
                    .POST,
                    "/api/chat",
                    body: chat(Self.silence, requestID: id),
                    headers: [("X-Request-Id", id)]
                )
            }
            try await person.hub.waitUntilAsked(id)

            asking.cancel()

            await #expect(throws: (any Error).self) { try await asking.value }
        }
    }

    @Test(arguments: [("Connect-Timeout-Ms", ""), ("Grpc-Timeout", "m")])
    func `a caller whose HTTP request names a timeout`(header: String, unit: String) async throws {
        try await self.leavingLate { person, id, milliseconds in
            let timeout = (header, "\(milliseconds)\(unit)")
            let text = try await person.reading(chat(Self.forever, requestID: id), id, [timeout]) { _ in false }

            let end = try #require(text.split(separator: "\n").last)
            #expect(end.contains(#""@end":{"code":4"#), "\(end)")
        }
    }

    @Test func `a caller whose time is up before anything came`() async throws {
        try await self.leavingLate { person, id, milliseconds in
            let answer = try await person.send(
                .POST,
                "/api/chat",
                body: chat(Self.silence, requestID: id),
                headers: [("X-Request-Id", id), ("Connect-Timeout-Ms", "\(milliseconds)")]
            )

            #expect(answer.status == 504)
            #expect(answer.object["code"] as? Int == 4)
        }
    }

    @Test func `Ctrl-C at the command line`() async throws {
        try await self.leaving { person, id in
            let signedIn = try await person.run("login", "--email", person.email)
            #expect(signedIn.exit == .code(0), "\(signedIn.errors)")
            let program = try await Program(
                Program.built("hub"),
                ["chat", "--request-id", id, "-m", "standin-small", "--output", "json", Self.forever],
                environment: person.environment
            )
            _ = try await program.line(holding: "hello")

            program.send(SIGINT)

            #expect(try await program.exit() == .code(130))
        }
    }

    @Test func `a deadline of the command line`() async throws {
        try await self.leavingLate { person, id, milliseconds in
            let signedIn = try await person.run("login", "--email", person.email)
            #expect(signedIn.exit == .code(0), "\(signedIn.errors)")

            let chat = try await person.run(
                "chat",
                "--request-id",
                id,
                "-m",
                "standin-small",
                "--timeout",
                "\(Double(milliseconds) / 1000)",
                Self.forever
            )

            #expect(chat.exit == .code(7), "\(chat.errors)")
            #expect(chat.errors.contains("DEADLINE_EXCEEDED"))
        }
    }

    @Test func `a client's task that is cancelled`() async throws {
        try await self.leaving { person, id in
            let text = Watched("")
            let talking = Task {
                try await person.withClient { client, options in
                    try await InferenceCommandsClient(client).chat(.asking(Self.forever, id), options.named(id)) {
                        for try await response in $0 { text.update { $0 += response.text } }
                    }
                }
            }
            try await text.wait(for: "the first words") { $0.contains("hello") ? () : nil }

            talking.cancel()

            await #expect(throws: CancellationError.self) { try await talking.value }
        }
    }

    @Test func `a client that reads only the first words`() async throws {
        try await self.leaving { person, id in
            try await person.withClient { client, options in
                let first = try await InferenceCommandsClient(client).chat(
                    .asking(Self.forever, id),
                    options.named(id)
                ) { try await $0.first { !$0.text.isEmpty } }

                #expect(first != nil)
                // The connection is still in use while the hub finds out.
                try await person.hub.waitUntilLeft(id)
            }
        }
    }

    @Test func `a client whose deadline passes`() async throws {
        try await self.leavingLate { person, id, milliseconds in
            let status = try await person.withClient { client, options in
                var options = options.named(id)
                options.timeout = .milliseconds(milliseconds)
                return await #expect(throws: Status.self) {
                    try await InferenceCommandsClient(client).chat(.asking(Self.forever, id), options) {
                        for try await _ in $0 {}
                    }
                }
            }

            #expect(status?.code == .deadlineExceeded)
        }
    }

    /// Has a new person chat and leave; then the provider must have seen it go, and the money must be right.
    private func leaving(_ body: (Person, _ id: String) async throws -> Void) async throws {
        let person = try await Person.signedIn(RunningHub.shared())
        let id = "leaving-\(UUID().uuidString.lowercased())"
        try await body(person, id)
        try await self.check(person, hasLeft: id)
    }

    /// The same for who has so many milliseconds: more if the provider was not asked in time.
    private func leavingLate(
        _ body: (Person, _ id: String, _ milliseconds: Int) async throws -> Void
    ) async throws {
        let person = try await Person.signedIn(RunningHub.shared())
        for milliseconds in [400, 1600, 6400, 25_600] {
            let id = "leaving-\(UUID().uuidString.lowercased())"
            try await body(person, id, milliseconds)
            if try await person.hub.isAsked(id) { return try await self.check(person, hasLeft: id) }
        }
        Issue.record("the provider was never asked in time")
    }

    private func check(_ person: Person, hasLeft id: String) async throws {
        let hub = person.hub
        try await hub.waitUntilLeft(id)
        try await eventually("the end of the hold") {
            try await person.get("/api/credits/balance").object["held"] as? String == "0"
        }
        let owned = try #require(try await person.get("/api/credits/balance").object["balance"] as? String)
        let history = try await person.get("/api/credits/history").object["transactions"] as? [[String: Any]] ?? []
        let charges = history.filter { $0["kind"] as? String == "TRANSACTION_KIND_USAGE" }
            .compactMap { ($0["amount"] as? String).flatMap { Decimal(string: $0) } }
        #expect(charges.count == 1, "\(history)")
        #expect(charges.allSatisfy { $0 < 0 })
        #expect(Decimal(string: owned) == 1 + charges.reduce(0, +))
        try await hub.checkLedger()
    }
}

extension RunningHub {
    /// What the stand-in knows of a request at this moment.
    private func work(_ id: String) async throws -> Bill {
        let (exit, output, _) = try await Program.run("curl", ["--silent", "\(self.standin)/standin/work/\(id)"])
        #expect(exit == .code(0))
        return try JSONDecoder().decode(Bill.self, from: Data(output.joined().utf8))
    }

    fileprivate func isAsked(_ id: String) async throws -> Bool { try await self.work(id).requests == 1 }

    fileprivate func waitUntilAsked(_ id: String) async throws {
        try await eventually("the provider to be asked") { try await self.isAsked(id) }
    }

    /// Waits until the provider has seen its caller hang up.
    fileprivate func waitUntilLeft(_ id: String) async throws {
        try await eventually("the provider to be left") { try await self.work(id).cancelled == 1 }
    }
}

extension CallOptions {
    /// The same under a name that the stand-in sees.
    fileprivate func named(_ id: String) -> CallOptions {
        var options = self
        options.metadata.append("x-request-id", id)
        return options
    }
}

extension ChatRequest {
    static func asking(_ prompt: String, _ id: String) -> ChatRequest {
        .with {
            $0.requestID = id
            $0.model = "standin-small"
            $0.messages = [
                .with {
                    $0.role = "user"
                    $0.content = prompt
                }
            ]
        }
    }
}

extension Person {
    /// Chats over HTTP and reads until `isEnough`, then hangs up.
    ///
    /// - Returns: What was read.
    fileprivate func reading(
        _ chat: String,
        _ id: String,
        _ headers: [(String, String)] = [],
        until isEnough: (String) -> Bool
    ) async throws -> String {
        var request = HTTPClientRequest(url: self.hub.http + "/api/chat")
        request.method = .POST
        request.headers.add(name: "Authorization", value: "Bearer \(self.tokens.accessToken)")
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "X-Request-Id", value: id)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(string: chat))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        #expect(response.status == .ok)
        var text = ""
        for try await part in response.body {
            text += String(buffer: part)
            if isEnough(text) { break }
        }
        return text
    }
}
