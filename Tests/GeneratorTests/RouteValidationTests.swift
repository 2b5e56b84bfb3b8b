import Testing

@testable import protoc_gen_hub

struct RouteValidationTests {
    @Test func `a path variable must be a field`() throws {
        #expect(
            try ProtoSource(route: #"post: "/api/things/{code}" body: "*""#).problems()
                == ["shop.proto:6:5: Buy: path variable 'code' is not a field of BuyRequest"]
        )
    }

    @Test(arguments: ["tags", "note"])
    func `a path variable must be one plain value`(field: String) throws {
        #expect(
            try ProtoSource(route: #"post: "/api/things/{\#(field)}" body: "*""#).problems()
                == ["shop.proto:6:5: Buy: path variable '\(field)' is not a single plain value"]
        )
    }

    @Test func `a path variable can be a field within`() throws {
        #expect(try ProtoSource(route: #"post: "/api/things/{note.text}" body: "*""#).problems() == [])
    }

    @Test func `a body field must be a field`() throws {
        #expect(
            try ProtoSource(route: #"post: "/api/things" body: "paper""#).problems()
                == ["shop.proto:6:5: Buy: body field 'paper' is not a field of BuyRequest"]
        )
    }

    @Test func `a GET has no body`() throws {
        #expect(
            try ProtoSource(route: #"get: "/api/things" body: "*""#).problems() == [
                "shop.proto:6:5: Buy: a GET has no body"
            ]
        )
    }

    @Test func `the body of an answer cannot be chosen`() throws {
        #expect(
            try ProtoSource(route: #"post: "/api/things" body: "*" response_body: "price""#).problems()
                == ["shop.proto:6:5: Buy: response_body is not supported: an answer is always the whole message"]
        )
    }

    @Test func `other HTTP methods are refused`() throws {
        #expect(
            try ProtoSource(route: #"custom: { kind: "HEAD" path: "/api/things" }"#).problems()
                == ["shop.proto:6:5: Buy: HTTP method 'HEAD' is not supported"]
        )
    }

    @Test func `a rule needs a path`() throws {
        #expect(try ProtoSource(route: #"body: "*""#).problems() == ["shop.proto:6:5: Buy: the HTTP rule has no path"])
    }

    @Test func `a malformed path is refused`() throws {
        #expect(
            try ProtoSource(route: #"post: "/api//things" body: "*""#).problems()
                == ["shop.proto:6:5: Buy: the path '/api//things' is malformed: a segment is empty"]
        )
    }

    @Test(
        arguments: [
            ("Page", "string text = 1 MARK;"),
            ("stream Page", "int32 text = 1 MARK;"),
            ("stream Page", "repeated string text = 1 MARK;"),
            ("stream Page", "string text = 1 MARK; /* Of it. */ string code = 2;"),
        ]
    )
    func `CSV is the only field of a streamed response, a string`(response: String, fields: String) throws {
        let marked = fields.replacing("MARK", with: "[(hub.options.v1.marker) = { csv: true }]")
        let source = ProtoSource(
            declarations: """
                // Lists.
                service ShopQueries {
                  // Lists.
                  rpc List(Empty) returns (\(response)) {
                    option idempotency_level = NO_SIDE_EFFECTS;
                    option (hub.options.v1.policy) = { public: {} };
                  }
                }
                // Asks.
                message Empty {}
                // Answers.
                message Page {
                  // A piece of it.
                  \(marked)
                }
                """
        )

        let complaint = "List: csv field 'text' is not the only field of a streamed response, a string"
        #expect(try source.problems().filter { !$0.contains("comment") }.map { $0.hasSuffix(complaint) } == [true])
    }

    @Test(
        arguments: [
            ("/api/things/{thing}", "/api/things/{shop}"),
            ("/api/things/{thing}", "/api/things/*"),
            ("/api/things/{thing=**}", "/api/things/**"),
            ("/api/things", "/api/v1/things"),
            ("/api/things/{thing}:open", "/api/things/{shop}:open"),
        ]
    )
    func `two routes must not match the same paths equally well`(first: String, second: String) throws {
        #expect(
            try ProtoSource(routes: first, second).problems() == [
                "shop.proto:11:5: Sell: POST \(second) matches the same paths as a route of "
                    + "shop.v1.ShopCommands.Buy at shop.proto:6:5"
            ]
        )
    }

    @Test(
        arguments: [
            ("/api/things/{thing}", "/api/things/all"),
            ("/api/things/*", "/api/things/**"),
            ("/api/things/{thing}", "/api/things/{thing}:open"),
            ("/api/things", "/api/things/{thing}"),
        ]
    )
    func `two routes of which one is preferred are fine`(first: String, second: String) throws {
        #expect(try ProtoSource(routes: first, second).problems() == [])
    }
}
