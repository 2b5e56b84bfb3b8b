import HTTPTypes
import RPC
import Testing

@testable import hub_gateway

@Suite(.timeLimit(.minutes(1)))
struct FrontTests {
    @Test func `passes path, query and body on and answers with JSON`() async throws {
        try await GatewayUnderTest.serve { gateway in
            try await HTTPConnection.open(to: gateway.port) { http in
                let balance = try await http.ask(.get, "/api/credits/balance?userId=ann")
                let sameBalance = try await http.ask(.get, "/api/v1/admin/credits/ann")
                let history = try await http.ask(.get, "/api/credits/history?kind=TRANSACTION_KIND_USAGE&page_size=7")
                let hold = try await http.ask(.post, "/api/credits/holds/h%201/settle", body: #"{"amount":"2"}"#)

                #expect(balance.head.status == .ok)
                #expect(balance.head.headerFields[.contentType] == "application/json")
                #expect(balance.body == #"{"userId":"ann","balance":"12.5"}"#)
                #expect(sameBalance.body == balance.body)
                #expect(history.body == #"{"nextPageToken":"usage 7"}"#)
                #expect(hold.body == #"{"holdId":"h 1","settled":"2"}"#)
            }
        }
    }

    @Test(
        arguments: [
            // Malformed and mistaken bodies.
            BadRequest(.post, "/api/chat", body: "{", gives: 400),
            BadRequest(.post, "/api/chat", body: #"{"modle":"x"}"#, gives: 400, naming: "modle"),
            BadRequest(.post, "/api/chat", body: #"{"model":7}"#, gives: 400, naming: "model"),
            BadRequest(.post, "/api/chat", body: #"{"maxTokens":1.5}"#, gives: 400, naming: "maxTokens"),
            BadRequest(.post, "/api/chat", [.contentType: "text/plain"], body: "{}", gives: 415),
            BadRequest(.post, "/api/chat", [.contentEncoding: "gzip"], body: "{}", gives: 415),
            BadRequest(.post, "/api/chat", body: String(repeating: " ", count: 1 << 20 + 1), gives: 413),
            BadRequest(.post, "/api/credits/holds/a/settle", body: #"{"holdId":"b"}"#, gives: 400, naming: "hold_id"),
            // Mistaken queries.
            BadRequest(.get, "/api/credits/history?page_size=x", gives: 400, naming: "page_size"),
            BadRequest(.get, "/api/credits/history?kind=GIFT", gives: 400, naming: "kind"),
            BadRequest(.get, "/api/credits/history?unknown=1", gives: 400, naming: "unknown"),
            BadRequest(.get, "/api/credits/history?page_size=1&page_size=2", gives: 400, naming: "page_size"),
            BadRequest(.get, "/api/credits/history?page_size=%4", gives: 400),
            BadRequest(.post, "/api/chat?model=x", body: "{}", gives: 400, naming: "model"),
            BadRequest(.get, "/api/admin/credits/%ZZ", gives: 400),
            // Mistaken heads.
            BadRequest(.get, "/api/nothing", gives: 404),
            BadRequest(.get, "/", gives: 404),
            BadRequest(.get, "/api/chat", gives: 405),
            BadRequest(.options, "/api/models", gives: 405),
            BadRequest(.get, "/api/users/me", [.accept: "text/html"], gives: 406),
            BadRequest(.post, "/api/chat", [.accept: "image/png"], body: "{}", gives: 406),
            BadRequest(.get, "/api/users/me", [.known("Grpc-Timeout"): "soon"], gives: 400, naming: "Grpc-Timeout"),
        ]
    )
    func `refuses a bad request and goes on`(_ bad: BadRequest) async throws {
        try await GatewayUnderTest.serve { gateway in
            try await HTTPConnection.open(to: gateway.port) { http in
                let answer = try await http.ask(bad.method, bad.path, bad.headers, body: bad.body)
                let next = try await http.ask(.get, "/healthz")

                let status = try ErrorBody(answer.body)
                #expect(answer.head.status.code == bad.status)
                #expect(answer.head.headerFields[.contentType] == "application/json")
                #expect(status.code > 0)
                #expect(status.reason == "INVALID_REQUEST")
                #expect(status.field == bad.field)
                #expect(next.head.status == .ok)
            }
        }
    }

    @Test func `names the methods of a known path`() async throws {
        try await GatewayUnderTest.serve { gateway in
            try await HTTPConnection.open(to: gateway.port) { http in
                let answer = try await http.ask(.delete, "/api/chat")

                #expect(answer.head.headerFields[.allow] == "POST")
            }
        }
    }

    @Test func `answers an error of the hub with its status and details`() async throws {
        try await GatewayUnderTest.serve { gateway in
            try await HTTPConnection.open(to: gateway.port) { http in
                let missing = try await http.ask(.get, "/api/admin/credits/nobody")
                let poor = try await http.ask(.post, "/api/credits/holds", body: "{}")
                let stranger = try await http.ask(.get, "/api/users/me")

                #expect(missing.head.status == .notFound)
                #expect(
                    missing.body == #"""
                        {"code":5,"message":"no such account","details":[{"@type":\#
                        "type.googleapis.com/google.rpc.ErrorInfo","reason":"NO_ACCOUNT","domain":"test"}]}
                        """#
                )
                #expect(poor.head.status == .tooManyRequests)
                #expect(poor.head.headerFields[.known("X-Should-Retry")] == "false")
                #expect(stranger.head.status == .unauthorized)
                #expect(stranger.head.headerFields[.wwwAuthenticate] != nil)
            }
        }
    }

    @Test func `passes on who calls, from where, and nothing forged`() async throws {
        let local = try #require(AddressRange("127.0.0.1"))
        let headers: HTTPFields = [
            .authorization: "Bearer t", .requestID: "r-1", .known("X-Forwarded-For"): "6.6.6.6, 203.0.113.9",
            .known("Grpc-Metadata-Trace"): "yes", .known("Grpc-Metadata-Client-Address"): "6.6.6.6",
        ]
        try await GatewayUnderTest.serve(trustedProxies: [local]) { gateway in
            try await HTTPConnection.open(to: gateway.port) { http in
                let answer = try await http.ask(.get, "/api/users/me", headers)

                #expect(answer.head.headerFields[.requestID] == "r-1")
                #expect(
                    answer.body == #"""
                        {"userId":"Bearer t","email":"203.0.113.9","roles":["yes"],"permissions":["r-1"]}
                        """#
                )
            }
        }
    }

    @Test func `protects every answer from being stored and guessed at`() async throws {
        try await GatewayUnderTest.serve { gateway in
            try await HTTPConnection.open(to: gateway.port) { http in
                for path in ["/healthz", "/api/nothing", "/api/credits/balance"] {
                    let fields = try await http.ask(.get, path).head.headerFields
                    #expect(fields[.cacheControl] == "no-store")
                    #expect(fields[.known("X-Content-Type-Options")] == "nosniff")
                    #expect(fields[.requestID]?.count == 16)
                    #expect(fields[.date] != nil)
                }
            }
        }
    }

    @Test func `ends a call whose time is up`() async throws {
        try await GatewayUnderTest.serve { gateway in
            try await HTTPConnection.open(to: gateway.port) { http in
                let answer = try await http.ask(.get, "/api/admin/credits/slow", [.known("Connect-Timeout-Ms"): "20"])

                #expect(answer.head.status == .gatewayTimeout)
                #expect(try ErrorBody(answer.body).code == 4)
            }
            for await cancelled in gateway.hub.cancelled.prefix(1) { #expect(cancelled == "slow") }
        }
    }

    @Test func `cancels the handler of one answer when the client hangs up`() async throws {
        try await GatewayUnderTest.serve { gateway in
            try await HTTPConnection.open(to: gateway.port) { http in
                try await http.send(.get, "/api/admin/credits/slow")
                for await started in gateway.hub.started.prefix(1) { #expect(started == "slow") }
            }
            for await cancelled in gateway.hub.cancelled.prefix(1) { #expect(cancelled == "slow") }
        }
    }

    @Test func `answers HEAD without a body`() async throws {
        try await GatewayUnderTest.serve { gateway in
            try await HTTPConnection.open(to: gateway.port) { http in
                let answer = try await http.ask(.head, "/healthz")

                #expect(answer.head.status == .ok)
                #expect(answer.head.headerFields[.contentLength] == "15")
                #expect(answer.body == "")
            }
        }
    }

    @Test func `asks a client that waits for its body`() async throws {
        try await GatewayUnderTest.serve { gateway in
            try await HTTPConnection.open(to: gateway.port) { http in
                let path = "/api/credits/holds/h/settle"
                try await http.send(.post, path, [.expect: "100-continue"], body: #"{"amount":"1"}"#)

                #expect(try await http.head().status == .continue)
                #expect(try await http.head().status == .ok)
                #expect(try await http.piece() == #"{"holdId":"h","settled":"1"}"#)
            }
        }
    }

    @Test func `puts a body in pieces together, up to the limit`() async throws {
        try await GatewayUnderTest.serve { gateway in
            try await HTTPConnection.open(to: gateway.port) { http in
                let path = "/api/credits/holds/h/settle"
                let pieces = [#"{"amo"#, #"unt":"1""#, "}"]
                let padding = String(repeating: " ", count: (1 << 20) - pieces.joined().utf8.count)
                try await http.send(.post, path, pieces: pieces + [padding])
                let fitting = try await http.answer()
                try await http.send(.post, path, pieces: pieces + [padding, " "])
                let tooLarge = try await http.answer()
                let next = try await http.ask(.get, "/healthz")

                #expect(fitting.body == #"{"holdId":"h","settled":"1"}"#)
                #expect(tooLarge.head.status.code == 413)
                #expect(next.head.status == .ok)
            }
        }
    }

    @Test func `serves no more connections than it may`() async throws {
        try await GatewayUnderTest.serve(maxConnections: 1) { gateway in
            try await withThrowingTaskGroup(of: HTTPConnection.Answer.self) { tasks in
                try await HTTPConnection.open(to: gateway.port) { first in
                    _ = try await first.ask(.get, "/api/credits/balance")
                    tasks.addTask {
                        try await HTTPConnection.open(to: gateway.port) { second in
                            try await second.ask(.get, "/api/credits/balance")
                        }
                    }
                    for _ in 1...50 { _ = try await first.ask(.get, "/healthz") }

                    #expect(gateway.hub.balances.value == 1)
                }
                for try await answer in tasks { #expect(answer.head.status == .ok) }
                #expect(gateway.hub.balances.value == 2)
            }
        }
    }

    @Test func `refuses a header that is too large`() async throws {
        try await GatewayUnderTest.serve { gateway in
            try await HTTPConnection.open(to: gateway.port) { http in
                let cookie = String(repeating: "x", count: 17 << 10)
                let answer = try await http.ask(.get, "/healthz", [.cookie: cookie])

                #expect(answer.head.status == .badRequest)
            }
        }
    }

    @Test func `hands out the OpenAPI document`() async throws {
        try await GatewayUnderTest.serve { gateway in
            try await HTTPConnection.open(to: gateway.port) { http in
                let answer = try await http.ask(.get, "/openapi.json")

                #expect(answer.head.status == .ok)
                #expect(answer.body.hasPrefix("{\n  \"openapi\": \"3.1.0\""))
            }
        }
    }

    @Test func `is not ready when the hub says that it is not`() async throws {
        try await GatewayUnderTest.serve { gateway in
            try await HTTPConnection.open(to: gateway.port) { http in
                gateway.hub.isWell.lower()

                let answer = try await http.ask(.get, "/readyz")

                #expect(answer.head.status == .serviceUnavailable)
                #expect(try ErrorBody(answer.body).code == 14)
            }
        }
    }

    @Test(
        arguments: [
            ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", true),
            ("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", false),
        ]
    )
    func `the caller's trace goes on to the hub if it is well-formed`(parent: String, isTaken: Bool) async throws {
        try await GatewayUnderTest.serve { gateway in
            try await HTTPConnection.open(to: gateway.port) { http in
                let answer = try await http.ask(
                    .get,
                    "/api/users/me",
                    [
                        .authorization: "Bearer x", .known("traceparent"): parent,
                        .known("Grpc-Metadata-Echo-Trace"): "yes", .known("Grpc-Metadata-Traceparent"): "forged",
                    ]
                )

                let sent = String(try #require(answer.body.firstMatch(of: /"userId":"([^"]*)"/)).1)
                let trace = try #require(TraceContext(traceparent: sent))
                #expect(sent.contains("4bf92f3577b34da6a3ce929d0e0e4736") == isTaken)
                #expect(!sent.contains("00f067aa0ba902b7"))
                #expect(trace.isSampled == isTaken)
            }
        }
    }

    @Test func `is ready while the hub answers`() async throws {
        try await GatewayUnderTest.serve { gateway in
            try await HTTPConnection.open(to: gateway.port) { http in
                let before = try await http.ask(.get, "/readyz")
                await gateway.hubServer.drain(grace: .zero)
                let after = try await http.ask(.get, "/readyz")
                let alive = try await http.ask(.get, "/healthz")

                #expect(before.head.status == .ok)
                #expect(after.head.status == .serviceUnavailable)
                #expect(try ErrorBody(after.body).code == 14)
                #expect(alive.head.status == .ok)
            }
        }
    }
}

/// A request that must be refused, and how.
struct BadRequest: Sendable, CustomTestStringConvertible {
    let method: HTTPRequest.Method
    let path: String
    let headers: HTTPFields
    let body: String?
    let status: Int
    /// The field that the answer names.
    let field: String?

    init(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ headers: HTTPFields = [:],
        body: String? = nil,
        gives status: Int,
        naming field: String? = nil
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.status = status
        self.field = field
    }

    var testDescription: String { "\(self.method) \(self.path) \(self.body?.prefix(30) ?? "")" }
}
