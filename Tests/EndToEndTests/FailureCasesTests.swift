import Contract
import Foundation
import Postgres
import RPC
import Support
import Testing

/// How other gateways have lost money between caller and provider; named as in the list of failure cases.
@Suite struct FailureCasesTests {
    @Test func `A-08 side door: every HTTP route to a model holds credits first`() async throws {
        let hub = try await RunningHub.shared()
        let person = try await Person.signedIn(hub)
        let user = try #require(UUID(uuidString: try await person.userID()))
        let routes = try Self.routes(of: "InferenceCommands")
        #expect(!routes.isEmpty)

        var asked: Int64 = 0
        for route in routes.flatMap({ [$0, $0.replacing("/api/", with: "/api/v1/")] }) {
            for type in ["application/x-ndjson", "text/event-stream", "application/json"] {
                asked += 1
                let answer = try await person.post(route, chat("hello"), accept: type)

                let holds = try await hub.withDatabase { database in
                    try await database.first(
                        "SELECT count(*) FROM entry WHERE account = $1::uuid AND kind = 6",
                        [.uuid(user)]
                    ) { row in try row.int(0) }
                }
                #expect(answer.status == 200, "\(route): \(answer.text)")
                #expect(holds == asked, "\(route) as \(type)")
            }
        }
    }

    @Test func `A-10 a limit not saved: a limit that the daemon is given is one that chats meet`() async throws {
        let hub = try await RunningHub.shared()
        let person = try await Person.signedIn(hub)
        let daemon = try await hub.anotherDaemon(settings: ["--velocity-spend-account", "1"])

        try await person.withClient(at: daemon.rpc) { client, options in
            func ask() async throws {
                try await InferenceCommandsClient(client).chat(.asking("hi", UUID().uuidString), options) {
                    for try await _ in $0 {}
                }
            }
            try await ask()

            let error = await #expect(throws: Status.self) { try await ask() }

            #expect(error?.errorInfo?.reason == "VELOCITY_LIMIT")
            #expect(error?.errorInfo?.metadata["limit"] == "velocity.spend-account")
        }
        daemon.program.terminate()
        #expect(try await daemon.program.exit() == .code(0))
    }

    @Test func `A-13 endless stream: a provider that ignores the cap is left, and paid as for the cap`() async throws {
        let talk = try await Self.talk("[[standin: repeat=forever overrun=5000 delay=1ms]] hello", maxTokens: 5)

        #expect(talk.done?["finishReason"] as? String == "length")
        #expect(talk.usage["completionTokens"] as? Int == 5)
        #expect(talk.bill.cancelled == 1)
        #expect(talk.bill.completionTokens < 5005)
    }

    @Test func `L-12 attempts merged: a provider that is asked again is paid once`() async throws {
        let talk = try await Self.talk("[[standin: status=503 times=2]] hello")

        #expect(talk.bill.requests == 3)
        #expect(talk.usage["quality"] as? String == "USAGE_QUALITY_EXACT")
        #expect(talk.usage["promptTokens"] as? Int == talk.bill.promptTokens)
        #expect(talk.usage["completionTokens"] as? Int == talk.bill.completionTokens)
        #expect(talk.charges == ["-\(talk.usage["creditsCharged"] ?? "")"])
    }

    @Test func `S-12 the usage chunk leaks: however often a provider sends it, the caller sees one end with the usage`()
        async throws
    {
        let talk = try await Self.talk("[[standin: twice-usage comments]] hello")

        #expect(talk.lines.map { $0.keys.sorted() } == [["text"], ["text"], ["text"], ["done"], ["@end"]])
        #expect(talk.lines.compactMap { $0["text"] as? String } == ["You", " said:", " hello"])
    }

    /// The paths that lead to a service, as callers are told.
    private static func routes(of service: String) throws -> [String] {
        let file = URL(filePath: Checkout.checkout).appending(path: "Gateway/OpenAPI/openapi.json")
        let document = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
        let paths = try #require(document?["paths"] as? [String: [String: [String: Any]]])
        return paths.filter { $1.values.contains { $0["tags"] as? [String] == [service] } }.keys.sorted()
    }

    /// A chat of somebody new over HTTP, to its end.
    private static func talk(_ prompt: String, maxTokens: Int = 100) async throws -> Talk {
        let hub = try await RunningHub.shared()
        let person = try await Person.signedIn(hub)
        let id = "case-\(UUID().uuidString.lowercased())"
        let answer = try await person.send(
            .POST,
            "/api/chat",
            body: chat(prompt, requestID: id, maxTokens: maxTokens),
            headers: [("X-Request-Id", id)]
        )
        let history = try await person.get("/api/credits/history").object["transactions"] as? [[String: Any]] ?? []
        let charges = history.filter { $0["kind"] as? String == "TRANSACTION_KIND_USAGE" }
        try await hub.checkLedger()
        return Talk(
            lines: answer.objects,
            bill: try await hub.bill(of: id),
            charges: charges.compactMap { $0["amount"] as? String }
        )
    }

    /// What came of a chat.
    private struct Talk {
        let lines: [[String: Any]]
        let bill: RunningHub.Bill
        /// What its caller has paid, charge by charge.
        let charges: [String]

        var done: [String: Any]? { self.lines.compactMap { $0["done"] as? [String: Any] }.first }
        var usage: [String: Any] { self.done?["usage"] as? [String: Any] ?? [:] }
    }
}
