import Kernel
import RPC
import Testing

@Suite struct PageTokenTests {
    @Test(arguments: [0, 1, 35, 36, Int64.max])
    func `a token comes back as the position it names`(position: Int64) throws {
        let token = PageToken(after: position, of: "transactions")

        let read = try PageToken(field: token.description, of: "transactions")

        #expect(read?.position == position)
    }

    @Test func `an empty token is the first page`() throws {
        #expect(try PageToken(field: "", of: "transactions") == nil)
    }

    @Test(arguments: ["x", "-", "1-", "1-zzz", "10", "99999999999999999999-1", "é-1", "1-1-1"])
    func `what no listing gave is refused`(text: String) {
        let error = #expect(throws: Status.self) { try PageToken(field: text, of: "transactions") }

        #expect(error?.code == .invalidArgument)
        #expect(error?.detail(Google_Rpc_BadRequest.self)?.fieldViolations.map(\.field) == ["page_token"])
    }

    @Test func `a token of another listing is refused`() {
        let token = PageToken(after: 7, of: "transactions of A")

        #expect(throws: Status.self) { try PageToken(field: token.description, of: "transactions of B") }
    }
}
