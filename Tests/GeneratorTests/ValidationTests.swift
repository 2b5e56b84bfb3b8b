import SwiftProtobufPluginLibrary
import Testing

@testable import protoc_gen_hub

/// One test per rule: what is said, and that it names file, line and column.
struct ValidationTests {
    @Test func `takes a contract that keeps every rule`() throws {
        let problems = try ProtoSource(
            declarations: """
                // Sells.
                service ShopCommands {
                  // Buys.
                  rpc Buy(BuyRequest) returns (Receipt) {
                    option (google.api.http) = { post: "/api/things/{thing}" body: "*" };
                    option (hub.options.v1.policy) = { permission: {
                      resource: "things" action: "buy" scope: SCOPE_SELF subject_field: "user_id"
                    } };
                  }
                }
                """ + ProtoSource.messages
        ).problems()

        #expect(problems == [])
    }

    @Test func `a method needs a policy`() throws {
        #expect(
            try ProtoSource(method: "rpc Buy(BuyRequest) returns (Receipt);").problems()
                == ["shop.proto:5:3: method Buy has no policy: public, or a permission"]
        )
    }

    @Test func `a policy must say who may call`() throws {
        #expect(
            try ProtoSource(policy: "audit: true").problems() == [
                "shop.proto:6:5: method Buy has no policy: public, or a permission"
            ]
        )
    }

    @Test func `a permission needs a scope`() throws {
        #expect(
            try ProtoSource(policy: #"permission: { resource: "things" action: "buy" }"#).problems()
                == ["shop.proto:6:5: Buy: the permission has no scope"]
        )
    }

    @Test(arguments: [#"action: "buy""#, #"resource: "things""#])
    func `a permission needs a resource and an action`(half: String) throws {
        #expect(
            try ProtoSource(policy: "permission: { scope: SCOPE_ANY \(half) }").problems()
                == ["shop.proto:6:5: Buy: the permission names no resource or no action"]
        )
    }

    @Test(arguments: ["nobody", "count", "tags"])
    func `a subject field must be a string of the request`(field: String) throws {
        let permission = #"resource: "things" action: "buy" scope: SCOPE_ANY subject_field: "\#(field)""#

        #expect(
            try ProtoSource(policy: "permission: { \(permission) }").problems()
                == ["shop.proto:6:5: Buy: subject_field '\(field)' is not a string field of BuyRequest"]
        )
    }

    @Test func `a command needs a request_id`() throws {
        #expect(
            try ProtoSource(policy: "public: {}", request: "Receipt").problems() == [
                "shop.proto:5:3: command Buy has no string field 'request_id' in Receipt, "
                    + "and its policy does not say why (without_request_id)"
            ]
        )
    }

    @Test func `a command without a request_id may say why`() throws {
        #expect(
            try ProtoSource(policy: #"public: {} without_request_id: "Harmless.""#, request: "Receipt").problems() == []
        )
    }

    @Test func `a command with a request_id has no reason for none`() throws {
        #expect(
            try ProtoSource(policy: #"public: {} without_request_id: "Harmless.""#).problems()
                == ["shop.proto:5:3: command Buy has a 'request_id', but its policy says why it has none"]
        )
    }

    @Test func `a query must have no side effects`() throws {
        #expect(
            try ProtoSource(policy: "public: {}", service: "ShopQueries").problems()
                == ["shop.proto:5:3: query Buy needs 'option idempotency_level = NO_SIDE_EFFECTS'"]
        )
    }

    @Test func `a command must not be without side effects`() throws {
        #expect(
            try ProtoSource(policy: "public: {}", option: "option idempotency_level = NO_SIDE_EFFECTS;").problems()
                == ["shop.proto:5:3: command Buy must not be NO_SIDE_EFFECTS"]
        )
    }

    @Test(arguments: ["Receipt", "stream Receipt"])
    func `a request may be a stream`(response: String) throws {
        let method = """
            rpc Buy(stream BuyRequest) returns (\(response)) { option (hub.options.v1.policy) = { public: {} }; }
            """

        #expect(try ProtoSource(method: method).problems() == [])
    }

    @Test func `a method that takes a stream has no subject field`() throws {
        let method = """
            rpc Buy(stream BuyRequest) returns (Receipt) {
                option (hub.options.v1.policy) = {
                  permission: { resource: "things" action: "buy" scope: SCOPE_ANY subject_field: "user_id" }
                };
              }
            """

        #expect(
            try ProtoSource(method: method).problems() == [
                "shop.proto:6:5: Buy: a method that takes a stream cannot have a subject_field: "
                    + "it is admitted before its first message comes"
            ]
        )
    }

    @Test func `a method that takes a stream has no HTTP rule`() throws {
        let method = """
            rpc Buy(stream BuyRequest) returns (Receipt) {
                option (google.api.http) = { post: "/api/things" body: "*" };
                option (hub.options.v1.policy) = { public: {} };
              }
            """

        #expect(
            try ProtoSource(method: method).problems()
                == ["shop.proto:6:5: Buy: a method that takes a stream cannot have an HTTP rule"]
        )
    }

    @Test func `a standard service needs a policy for each method`() throws {
        let source = ProtoSource(
            declarations: """
                // Rings.
                service Doorbell {
                  option (hub.options.v1.standard) = "example.org/doorbell.proto";
                  // Rings.
                  rpc Ring(Receipt) returns (Receipt);
                }
                """ + ProtoSource.messages
        )

        #expect(
            try source.problems() == ["shop.proto:6:3: method Ring has no policy: public, or a permission"]
        )
    }

    @Test func `all problems are reported, in the order of the file`() throws {
        let problems = try ProtoSource(
            declarations: """
                service Shop {
                  rpc Buy(BuyRequest) returns (Receipt);
                }
                """ + ProtoSource.messages
        ).problems()

        #expect(
            problems == [
                "shop.proto:2:1: service Shop has no doc comment",
                "shop.proto:2:1: service Shop is named neither '…Commands' nor '…Queries'",
                "shop.proto:3:3: method Buy has no doc comment",
                "shop.proto:3:3: method Buy has no policy: public, or a permission",
            ]
        )
    }

    @Test func `the first line counts the problems`() throws {
        let source = ProtoSource(
            declarations: """
                // Nothing.
                message A {
                  string b = 1;
                }
                // No.
                enum C { D = 0; }
                """
        )

        #expect(
            try source.generate().error == """
                the contract has 2 problems
                shop.proto:4:3: field b has no doc comment
                shop.proto:7:10: enum value D has no doc comment
                """
        )
    }

    @Test func `a parameter is refused`() throws {
        let response = try ProtoSource(declarations: ProtoSource.messages).generate(parameter: "kind=services")

        #expect(response.error == "protoc-gen-hub takes no parameter, but was given 'kind=services'")
    }
}
