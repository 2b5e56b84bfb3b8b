import SwiftProtobufPluginLibrary
import Testing

@testable import protoc_gen_hub

struct CommandLineTests {
    @Test(arguments: [("PlaceHold", "place-hold"), ("hold_id", "hold-id"), ("V2Price", "v2-price")])
    func `a name is typed in lower case with hyphens`(name: String, typed: String) {
        #expect(name.commandLineName == typed)
    }

    @Test func `a positional field is a plain argument that must be there`() throws {
        let command = try self.commands("string hold_id = 1 [(hub.options.v1.marker) = { positional: true }];")

        #expect(command.contains(#"@Argument(help: ArgumentHelp("A field.", valueName: "hold-id"))"#))
        #expect(command.contains(#"try require(request.holdID, "hold-id")"#))
    }

    @Test func `an amount of credits may be negative`() throws {
        let command = try self.commands("string amount = 1 [(hub.options.v1.marker) = { credits: true }];")

        #expect(command.contains(#"@Option(name: "--amount", parsing: .unconditional"#))
    }

    @Test func `a secret is no option but is asked for`() throws {
        let command = try self.commands("string password = 1 [(hub.options.v1.marker) = { secret: true }];")

        #expect(!command.contains("--password"))
        #expect(command.contains(#"request.password = try shell.secret("password")"#))
    }

    @Test func `a field that only JSON can hold is named in the help`() throws {
        let command = try self.commands("repeated Receipt receipts = 1;")

        #expect(!command.contains("--receipts"))
        #expect(command.contains("Only --json can give `receipts`."))
    }

    @Test func `a list in an answer becomes rows and the rest notes`() throws {
        let tables = try self.generate(
            request: "",
            response: "// A field.\nrepeated Row rows = 1;\n// A field.\nstring next_page_token = 2;",
            others: """
                // A row.
                message Row {
                  // A field.
                  string price = 1 [(hub.options.v1.marker) = { credits: true }];
                  // A field.
                  string token = 2 [(hub.options.v1.marker) = { secret: true }];
                }
                """
        )["Sources/hub/Generated/Tables.swift"]

        #expect(tables?.contains(#".number("price") { $0.price },"#) == true)
        #expect(tables?.contains(#".secret("token") { $0.token },"#) == true)
        #expect(tables?.contains(#"Table(self.rows, columns, notes: ["next page token": self.nextPageToken])"#) == true)
    }

    @Test(arguments: ["output", "json", "call"])
    func `a field leaves the options of all commands their names`(name: String) throws {
        let source = self.source(request: "// A field.\nstring \(name) = 1;")

        #expect(try source.problems() == ["shop.proto:10:1: the command line needs the name '\(name)' for itself"])
    }

    private func commands(_ field: String) throws -> String {
        let files = try self.generate(request: "// A field.\n\(field)")
        return try #require(files["Sources/hub/Generated/Commands.swift"])
    }

    private func generate(request: String, response: String = "", others: String = "") throws -> [String: String] {
        let answer = try self.source(request: request, response: response, others: others).generate()
        #expect(answer.error.isEmpty)
        return Dictionary(answer.file.map { ($0.name, $0.content) }) { first, _ in first }
    }

    /// A service whose only query has a request with these fields, the first of which is declared at 10:1.
    private func source(request: String, response: String = "", others: String = "") -> ProtoSource {
        ProtoSource(
            declarations: """
                // Answers.
                service ShopQueries {
                // Asks.
                rpc Ask(AskRequest) returns (Receipt) {
                option idempotency_level = NO_SIDE_EFFECTS; option (hub.options.v1.policy) = { public: {} }; } }
                // Asks.
                message AskRequest {
                \(request)
                }
                // What was done.
                message Receipt {
                \(response)
                }
                \(others)
                """
        )
    }
}
