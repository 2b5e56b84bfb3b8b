import Contract
import Foundation
import RPC
import Support
import SwiftProtobuf
import Testing

@Suite struct BadInputTests {
    private static let hold = "/api/credits/holds"

    /// What is sent, and which status, reason or field the answer names.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var method = Person.HTTPMethod.POST
        let path: String
        var body: String?
        var headers: [(String, String)] = []
        let status: Int
        var reason: String?
        var field: String?

        var testDescription: String { self.name }
    }

    private static func hold(amount: String) -> String {
        #"{"requestId": "\#(UUID().uuidString)", "amount": \#(amount), "service": "video"}"#
    }

    @Test(arguments: [
        Case(name: "malformed JSON", path: hold, body: "{", status: 400),
        Case(name: "JSON that is no object", path: hold, body: "[]", status: 400),
        Case(
            name: "unknown field",
            path: hold,
            body: #"{"requestId": "r", "amont": "1"}"#,
            status: 400,
            field: "amont"
        ),
        Case(name: "wrong type", path: hold, body: hold(amount: "true"), status: 400),
        Case(name: "exponent", path: hold, body: hold(amount: #""1e3""#), status: 400, field: "amount"),
        Case(name: "negative", path: hold, body: hold(amount: #""-1""#), status: 400, field: "amount"),
        Case(
            name: "seven fraction digits",
            path: hold,
            body: hold(amount: #""0.0000001""#),
            status: 400,
            field: "amount"
        ),
        Case(
            name: "no request id",
            path: hold,
            body: #"{"amount": "1", "service": "video"}"#,
            status: 400,
            field: "request_id"
        ),
        Case(name: "unknown path", method: .GET, path: "/api/nothing", status: 404),
        Case(name: "wrong HTTP method", method: .DELETE, path: "/api/chat", status: 405),
        Case(
            name: "unknown query parameter",
            method: .GET,
            path: "/api/credits/history?size=1",
            status: 400,
            field: "size"
        ),
        Case(
            name: "query parameter of a wrong type",
            method: .GET,
            path: "/api/credits/history?pageSize=x",
            status: 400
        ),
        Case(
            name: "bad page token",
            method: .GET,
            path: "/api/credits/history?pageToken=x",
            status: 400,
            field: "page_token"
        ),
        Case(name: "bad escape", method: .GET, path: "/api/admin/credits/%zz", status: 400),
        Case(
            name: "content type",
            path: "/api/chat",
            body: "x",
            headers: [("Content-Type", "text/plain")],
            status: 415
        ),
        Case(name: "accept", path: "/api/chat", body: chat("x"), headers: [("Accept", "image/png")], status: 406),
        Case(name: "oversize body", path: "/api/chat", body: String(repeating: " ", count: 1_048_577), status: 413),
        Case(
            name: "unknown model",
            path: "/api/chat",
            body: chat("x", model: "gpt-0"),
            status: 404,
            reason: "NOT_FOUND"
        ),
        Case(
            name: "no messages",
            path: "/api/chat",
            body: #"{"requestId": "r", "model": "standin-small"}"#,
            status: 400,
            field: "messages"
        ),
        Case(
            name: "malformed token",
            method: .GET,
            path: "/api/users/me",
            headers: [("Authorization", "Bearer x")],
            status: 401,
            reason: "TOKEN_INVALID"
        ),
        Case(
            name: "token of another scheme",
            method: .GET,
            path: "/api/users/me",
            headers: [("Authorization", "Basic eDp5")],
            status: 401
        ),
        Case(
            name: "alg none",
            method: .GET,
            path: "/api/users/me",
            headers: [
                ("Authorization", "Bearer eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiJ4IiwiZXhwIjo0MTAyNDQ0ODAwfQ.")
            ],
            status: 401,
            reason: "TOKEN_INVALID"
        ),
        Case(
            name: "weak password",
            path: "/api/auth/register",
            body: #"{"email": "a@example.org", "password": "12345678"}"#,
            status: 400,
            field: "password"
        ),
        Case(
            name: "bad e-mail",
            path: "/api/auth/register",
            body: #"{"email": "nobody", "password": "a long enough one"}"#,
            status: 400,
            field: "email"
        ),
    ])
    func `over HTTP each is refused with its status and its field`(wrong: Case) async throws {
        // An administrator may call everything, so nothing is refused for lack of a permission.
        let person = try await Self.caller.value

        let answer = try await person.send(wrong.method, wrong.path, body: wrong.body, headers: wrong.headers)

        #expect(answer.status == wrong.status, "\(answer.text)")
        #expect(answer.object["code"] as? Int != nil, "\(answer.text)")
        if let reason = wrong.reason { #expect(answer.reason == reason) }
        if let field = wrong.field { #expect(answer.field == field, "\(answer.text)") }
        #expect(answer.headers["x-request-id"] != nil)
    }

    private static let caller = Task.detached { try await Person.administrator(RunningHub.shared()) }

    @Test func `a missing token is 401 with a challenge`() async throws {
        let person = try Person(try await RunningHub.shared())

        let answer = try await person.get("/api/users/me")

        #expect(answer.status == 401)
        #expect(answer.reason == "TOKEN_MISSING")
        #expect(answer.headers["www-authenticate"]?.hasPrefix("Bearer") == true)
    }

    @Test func `a forged token is refused, whatever part was changed`() async throws {
        let person = try await Self.caller.value
        let parts = person.tokens.accessToken.split(separator: ".").map(String.init)
        func spoil(_ index: Int) -> String {
            var parts = parts
            let last = parts[index].removeFirst()
            parts[index].insert(last == "A" ? "B" : "A", at: parts[index].startIndex)
            return parts.joined(separator: ".")
        }

        for token in [spoil(0), spoil(1), spoil(2), parts[0] + "." + parts[1], person.tokens.accessToken + "x"] {
            let answer = try await person.send(.GET, "/api/users/me", headers: [("Authorization", "Bearer \(token)")])
            #expect(answer.status == 401)
            #expect(answer.reason == "TOKEN_INVALID")
        }
    }

    @Test func `a request id with the same body has the same answer, with another it is refused`() async throws {
        let hub = try await RunningHub.shared()
        let person = try await Person.signedIn(hub)
        let administrator = try await Self.caller.value
        let user = try await person.userID()
        let id = UUID().uuidString
        func adjust(_ amount: String) async throws -> Answer {
            let body = #"{"requestId": "\#(id)", "userId": "\#(user)", "amount": "\#(amount)", "reason": "test"}"#
            return try await administrator.post("/api/admin/credits/adjust", body)
        }

        let first = try await adjust("2")
        let again = try await adjust("2")
        let other = try await adjust("3")

        #expect(first.status == 200)
        #expect(again.text == first.text)
        #expect(other.status == 400)
        #expect(other.field == "request_id")
        #expect(try await person.get("/api/credits/balance").object["balance"] as? String == "3")
    }

    @Test func `a chat's request id is 409 the second time and 400 with another body`() async throws {
        let person = try await Person.signedIn(try await RunningHub.shared())
        let id = UUID().uuidString

        let first = try await person.post("/api/chat", chat("one", requestID: id))
        let balance = try await person.get("/api/credits/balance").text
        let again = try await person.post("/api/chat", chat("one", requestID: id))
        let other = try await person.post("/api/chat", chat("two", requestID: id))

        #expect(first.status == 200)
        #expect(again.status == 409)
        #expect(again.reason == "DUPLICATE_REQUEST")
        #expect(other.status == 400)
        #expect(other.field == "request_id")
        #expect(try await person.get("/api/credits/balance").text == balance)
    }

    @Test func `over RPC an unknown method and a deadline that has passed are refused`() async throws {
        let person = try await Self.caller.value

        try await person.withClient { client, options in
            let unknown = Method<GetMeRequest, User>(
                service: "hub.identity.v1.IdentityQueries",
                name: "GetNobody",
                kind: .unary,
                safety: .query
            )
            var late = options
            late.timeout = .seconds(-1)

            let unimplemented = await #expect(throws: Status.self) { try await client.unary(unknown, .init(), options) }
            let expired = await #expect(throws: Status.self) {
                try await IdentityQueriesClient(client).getMe(.init(), late)
            }

            #expect(unimplemented?.code == .unimplemented)
            #expect(expired?.code == .deadlineExceeded)
        }
    }

    /// Frames as they stand in the wire specification, written by hand.
    @Test(arguments: [
        ("a web browser", "b'GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' * 100"),
        ("noise", "bytes((i * 7919 + 13) % 256 for i in range(100000))"),
        ("a frame of 16 MiB", "b'\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x01\\x01\\x00'"),
        ("a frame of 5 MiB", "b'\\x00\\x50\\x00\\x00\\x00\\x00\\x00\\x01\\x01\\x00' + b'x' * 0x500000"),
        ("half a frame", "b'\\x00\\x00'"),
        (
            "a negative deadline",
            "b'\\x00\\x00\\x00\\x0b\\x00\\x00\\x00\\x01\\x01\\x00' + b'\\x20' + b'\\xff' * 9 + b'\\x01'"
        ),
    ])
    func `garbage on the RPC port harms nobody else`(name: String, bytes: String) async throws {
        let person = try await Self.caller.value
        let address = try #require(person.hub.rpc.split(separator: ":").last)
        let script = """
            import socket
            s = socket.create_connection(("127.0.0.1", \(address)))
            s.settimeout(20)
            try:
                s.sendall(\(bytes))
                s.shutdown(socket.SHUT_WR)
                while s.recv(65536): pass
            except TimeoutError:
                raise
            except OSError:
                pass  # the daemon may hang up at any moment, and silence is the only wrong answer
            """

        let (exit, _, errors) = try await Program.run("python3", ["-c", script])

        #expect(exit == .code(0), "\(errors)")
        try await person.withClient { client, options in
            let me = try await IdentityQueriesClient(client).getMe(.init(), options)
            #expect(me.email == RunningHub.administrator)
        }
    }
}
