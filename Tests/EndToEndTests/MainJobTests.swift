import Contract
import Foundation
import Postgres
import RPC
import Support
import SwiftProtobuf
import Testing

/// A person registers, signs in, chats and pays.
@Suite struct MainJobTests {
    @Test func `by the command line`() async throws {
        let person = try Person(try await RunningHub.shared())

        let registered = try await person.run("register", "--email", person.email)
        let signedIn = try await person.run("login", "--email", person.email)
        let me = try await person.run("identity", "get-me", "--output", "json")
        let chat = try await person.run(
            "chat",
            "--request-id",
            "first",
            "-m",
            "standin-small",
            "Say hello to the world"
        )
        let balance = try await person.run("balance", "--output", "json")
        let history = try await person.run("history")
        let again = try await person.run(
            "chat",
            "--request-id",
            "first",
            "-m",
            "standin-small",
            "Say hello to the world"
        )

        #expect(registered.exit == .code(0), "\(registered.errors)")
        #expect(signedIn.exit == .code(0), "\(signedIn.errors)")
        #expect(me.output.contains(person.email))
        #expect(chat.exit == .code(0), "\(chat.errors)")
        #expect(chat.output.contains("Say hello to the world"))
        let charged = try #require(chat.errors.firstMatch(of: /([0-9.]+) credits charged, ([0-9.]+) left/))
        #expect(Decimal(string: String(charged.1)).map { $0 > 0 } == true)
        #expect(balance.output.contains("\"available\":\"\(charged.2)\""))
        #expect(history.output.contains("-\(charged.1)"))
        #expect(again.exit == .code(8))
        #expect(again.errors.contains("DUPLICATE_REQUEST"))

        let left = try await person.run("logout")
        let after = try await person.run("balance")
        #expect(left.exit == .code(0), "\(left.errors)")
        #expect(after.exit == .code(3))
    }

    @Test func `by HTTP, with the answer as lines and as events`() async throws {
        let person = try await Person.signedIn(try await RunningHub.shared())

        let lines = try await person.post("/api/chat", chat("one two three"))
        let events = try await person.post("/api/v1/chat", chat("one two three"), accept: "text/event-stream")
        let balance = try await person.get("/api/credits/balance")
        let history = try await person.get("/api/v1/credits/history?pageSize=10")

        #expect(lines.status == 200)
        #expect(lines.objects.compactMap { $0["text"] as? String }.joined().contains("one two three"))
        let end = try #require(lines.objects.last?["@end"] as? [String: Any])
        #expect(end["code"] as? Int == 0)
        let done = try #require(lines.objects.dropLast().last?["done"] as? [String: Any])
        let usage = try #require(done["usage"] as? [String: Any])
        #expect(usage["quality"] as? String == "USAGE_QUALITY_EXACT")
        #expect(events.headers["content-type"]?.hasPrefix("text/event-stream") == true)
        #expect(events.text.contains("id: 1\ndata: {"))
        #expect(events.text.contains("event: end\n"))
        let charged = try #require((usage["creditsCharged"] as? String).flatMap { Decimal(string: $0) })
        let owned = try #require((balance.object["balance"] as? String).flatMap { Decimal(string: $0) })
        #expect(owned == 1 - 2 * charged)
        #expect((history.object["transactions"] as? [Any])?.count == 3)
    }

    @Test func `by RPC`() async throws {
        let person = try await Person.signedIn(try await RunningHub.shared())

        try await person.withClient { client, options in
            let models = try await InferenceQueriesClient(client).listModels(.init(), options)
            let request = ChatRequest.with {
                $0.requestID = "r1"
                $0.model = models.models.last?.modelID ?? ""
                $0.messages = [
                    .with {
                        $0.role = "user"
                        $0.content = "one two three"
                    }
                ]
                $0.maxTokens = 50
            }
            var text = ""
            var done: ChatDone?
            try await InferenceCommandsClient(client).chat(request, options) { responses in
                for try await response in responses {
                    text += response.text
                    if case .done(let last)? = response.event { done = last }
                }
            }
            let balance = try await CreditQueriesClient(client).getBalance(.init(), options)

            #expect(models.models.map(\.modelID) == ["standin-large", "standin-small"])
            #expect(text.contains("one two three"))
            #expect(balance.available == done?.usage.creditsAvailable)
            #expect(balance.held == "0")
        }
    }

    @Test func `the charge is the price of the tokens that the provider counted`() async throws {
        let person = try await Person.signedIn(try await RunningHub.shared())

        let answer = try await person.post("/api/chat", chat("[[standin: usage=1000,50]] hello"))

        let done = try #require(answer.objects.dropLast().last?["done"] as? [String: Any])
        let usage = try #require(done["usage"] as? [String: Any])
        // Far more prompt tokens than bytes: an overrun of the hold, which is the bound of the prompt and 100 tokens.
        #expect(usage["promptTokens"] as? Int == 1000)
        #expect(usage["creditsCharged"] as? String == "0.0018")
    }

    @Test func `what the hub counted is what the provider would bill`() async throws {
        let hub = try await RunningHub.shared()
        let person = try await Person.signedIn(hub)
        let requestID = "bill-\(UUID().uuidString)"

        let answer = try await person.send(
            .POST,
            "/api/chat",
            body: chat("one two three four"),
            headers: [("X-Request-Id", requestID)]
        )

        let done = try #require(answer.objects.dropLast().last?["done"] as? [String: Any])
        let usage = try #require(done["usage"] as? [String: Any])
        let bill = try await hub.bill(of: requestID)
        #expect(answer.headers["x-request-id"] == requestID)
        #expect(bill.requests == 1)
        #expect(bill.promptTokens == usage["promptTokens"] as? Int)
        #expect(bill.completionTokens == usage["completionTokens"] as? Int)
    }

    @Test func `an administrator gives credits and a user may not`() async throws {
        let hub = try await RunningHub.shared()
        let person = try await Person.signedIn(hub)
        let administrator = try await Person.administrator(hub)
        let user = try await person.userID()
        func body() -> String {
            #"{"requestId": "\#(UUID().uuidString)", "userId": "\#(user)", "amount": "2.5", "reason": "gift"}"#
        }

        let refused = try await person.post("/api/admin/credits/adjust", body())
        let given = try await administrator.post("/api/admin/credits/adjust", body())
        let seen = try await administrator.get("/api/admin/credits/\(user)")
        let others = try await person.get("/api/admin/credits/\(try await administrator.userID())")

        #expect(refused.status == 403)
        #expect(refused.reason == "FORBIDDEN")
        #expect(given.status == 200, "\(given.text)")
        #expect(seen.object["balance"] as? String == "3.5")
        #expect(others.status == 403)
    }

    @Test func `a service holds, settles and releases over HTTP`() async throws {
        let hub = try await RunningHub.shared()
        let person = try await Person.signedIn(hub, owning: "10")
        let service = try await Person.administrator(hub)
        let user = try await person.userID()
        func place() async throws -> String {
            let body =
                #"{"requestId": "\#(UUID().uuidString)", "userId": "\#(user)", "amount": "4", "service": "video"}"#
            return try #require(try await service.post("/api/credits/holds", body).object["holdId"] as? String)
        }

        let settled = try await service.post(
            "/api/credits/holds/\(try await place())/settle",
            #"{"requestId": "\#(UUID().uuidString)", "amount": "1.5"}"#
        )
        let released = try await service.post(
            "/api/credits/holds/\(try await place())/release",
            #"{"requestId": "\#(UUID().uuidString)"}"#
        )
        let balance = try await person.get("/api/credits/balance")

        #expect(settled.object["state"] as? String == "HOLD_STATE_SETTLED", "\(settled.text)")
        #expect(released.object["state"] as? String == "HOLD_STATE_RELEASED", "\(released.text)")
        #expect(balance.object["balance"] as? String == "8.5")
    }
}

extension RunningHub {
    /// What the stand-in would bill.
    struct Bill: Decodable {
        var requests = 0
        var cancelled = 0
        var promptTokens = 0
        var completionTokens = 0

        enum CodingKeys: String, CodingKey {
            case requests, cancelled
            case promptTokens = "prompt_tokens"
            case completionTokens = "completion_tokens"
        }
    }

    /// The bill of one request, once nothing is being answered any more.
    func bill(of requestID: String) async throws -> Bill {
        let (exit, output, _) = try await Program.run(
            "curl",
            ["--silent", "\(self.standin)/standin/work/\(requestID)?settled"]
        )
        #expect(exit == .code(0))
        return try JSONDecoder().decode(Bill.self, from: Data(output.joined().utf8))
    }
}
