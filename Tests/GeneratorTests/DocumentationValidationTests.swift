import Testing

@testable import protoc_gen_hub

struct DocumentationValidationTests {
    @Test func `every declaration needs a doc comment`() throws {
        let problems = try ProtoSource(
            declarations: """
                service ShopQueries {
                  rpc Get(GetRequest) returns (Thing) {
                    option idempotency_level = NO_SIDE_EFFECTS;
                    option (hub.options.v1.policy) = { public: {} };
                  }
                }
                message GetRequest {
                  string code = 1;
                }
                // Has parts.
                message Thing {
                  message Part {
                    enum Shape { SHAPE_UNSPECIFIED = 0; SHAPE_ROUND = 1; }
                  }
                }
                """
        ).problems()

        #expect(
            problems == [
                "shop.proto:2:1: service ShopQueries has no doc comment",
                "shop.proto:3:3: method Get has no doc comment",
                "shop.proto:8:1: message GetRequest has no doc comment",
                "shop.proto:9:3: field code has no doc comment",
                "shop.proto:13:3: message Thing.Part has no doc comment",
                "shop.proto:14:5: enum Thing.Part.Shape has no doc comment",
                "shop.proto:14:41: enum value SHAPE_ROUND has no doc comment",
            ]
        )
    }

    @Test func `a comment behind the declaration counts`() throws {
        let problems = try ProtoSource(
            declarations: """
                // A thing.
                message Thing {
                  string code = 1;  // Its code.
                }
                """
        ).problems()

        #expect(problems == [])
    }

    @Test func `what is imported may be without`() throws {
        let problems = try ProtoSource(
            text: """
                syntax = "proto3"; package shop.v1; import "google/rpc/error_details.proto"; option swift_prefix = "";
                // A thing.
                message Thing {
                  // Why there is none.
                  google.rpc.ResourceInfo missing = 1;
                }
                """
        ).problems()

        #expect(problems == [])
    }
}
