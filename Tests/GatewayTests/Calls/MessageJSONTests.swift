import Contract
import HTTPTypes
import RPC
import SwiftProtobuf
import Testing

@testable import hub_gateway

struct MessageJSONTests {
    @Test func `takes JSON names and proto names, enums by name and by number`() throws {
        let request: ListTransactionsRequest = try MessageJSON.decode(
            Array(#"{"userId":"u","page_size":"7","kind":"TRANSACTION_KIND_USAGE"}"#.utf8)
        )

        #expect(request.userID == "u")
        #expect(request.pageSize == 7)
        #expect(request.kind == .usage)
    }

    @Test func `leaves out what holds its default`() throws {
        let balance = Balance.with { $0.balance = "12.5" }

        #expect(try MessageJSON.encode(balance) == Array(#"{"balance":"12.5"}"#.utf8))
    }

    @Test(
        arguments: [
            (#"{"emial":"x"}"#, "emial"), (#"{"email":5}"#, "email"), (#"{"email":"a","password":{}}"#, "password"),
            (#"{"email":["a"]}"#, "email"),
        ]
    )
    func `names the field at fault`(_ json: String, _ field: String) throws {
        let error = try #require(throws: ErrorAnswer.self) {
            let _: LoginRequest = try MessageJSON.decode(Array(json.utf8))
        }

        #expect(error.httpStatus == .badRequest)
        #expect(error.status.code == .invalidArgument)
        #expect(error.status.detail(Google_Rpc_BadRequest.self)?.fieldViolations.map(\.field) == [field])
    }

    @Test(arguments: [
        "{", "nonsense", "[]", "5", "null", #"{"email":"a"}}"#, #"{"email":"a",}"#, "{'email':'a'}", "\0",
    ])
    func `refuses malformed JSON`(_ json: String) throws {
        let error = try #require(throws: ErrorAnswer.self) {
            let _: LoginRequest = try MessageJSON.decode(Array(json.utf8))
        }

        #expect(error.httpStatus == .badRequest)
        #expect(error.status.code == .invalidArgument)
    }

    @Test func `refuses JSON that is nested too deeply`() {
        let depth = 100_000
        let json = #"{"messages":"# + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"

        #expect(throws: ErrorAnswer.self) { let _: ChatRequest = try MessageJSON.decode(Array(json.utf8)) }
    }

    @Test func `refuses bytes that are not UTF-8`() {
        let json = Array(#"{"email":""#.utf8) + [0xFF] + Array(#""}"#.utf8)

        #expect(throws: ErrorAnswer.self) { let _: LoginRequest = try MessageJSON.decode(json) }
    }
}
