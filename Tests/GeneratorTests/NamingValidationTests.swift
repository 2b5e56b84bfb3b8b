import Testing

@testable import protoc_gen_hub

struct NamingValidationTests {
    @Test(arguments: ["Shop", "CommandsOfShop", "ShopQuery"])
    func `a service is commands or queries`(name: String) throws {
        let problems = try ProtoSource(policy: "public: {}", service: name).problems()

        #expect(problems == ["shop.proto:3:1: service \(name) is named neither '…Commands' nor '…Queries'"])
    }

    @Test(arguments: [("Name", "name"), ("Policies", "policies"), ("Definition", "definition")])
    func `a method leaves the generated members their names`(method: String, member: String) throws {
        let rpc = "rpc \(method)(BuyRequest) returns (Receipt) { option (hub.options.v1.policy) = { public: {} }; }"

        #expect(
            try ProtoSource(method: rpc).problems()
                == ["shop.proto:5:3: the generated code needs the name '\(member)' for itself"]
        )
    }

    @Test func `names of all packages meet in one Swift module`() throws {
        let head = #"syntax = "proto3"; option swift_prefix = "";"#
        let source = ProtoSource(texts: [
            "books.proto": "\(head) package books.v1;\n// A page.\nmessage Page {}",
            "shop.proto": "\(head) package shop.v1;\n\n// A page again.\nmessage Page {}",
        ])

        #expect(
            try source.problems()
                == ["shop.proto:4:1: the Swift name Page is taken by the declaration at books.proto:3:1"]
        )
    }
}
