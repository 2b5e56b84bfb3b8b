import Foundation
import Kernel
import RPC
import Testing

@Suite struct FieldTests {
    @Test(arguments: ["a", "A-Z_0.9", String(repeating: "x", count: 64)])
    func `a request id of allowed characters is taken`(text: String) throws {
        #expect(try RequestID(text).text == text)
    }

    @Test(arguments: ["", " ", "a b", "ä", "a/b", "a\n", "a\u{0}", String(repeating: "x", count: 65)])
    func `any other request id is refused by name`(text: String) {
        let error = #expect(throws: Status.self) { try RequestID(text) }

        #expect(error?.code == .invalidArgument)
        #expect(error?.errorInfo?.reason == "INVALID_REQUEST")
        #expect(error?.detail(Google_Rpc_BadRequest.self)?.fieldViolations.first?.field == "request_id")
    }

    @Test(arguments: ["", "x", "0190-", "{0190f1a0-0000-7000-8000-000000000000}"])
    func `what is no UUID is refused by name`(text: String) {
        let error = #expect(throws: Status.self) { try UUID(field: "user_id", text) }

        #expect(error?.detail(Google_Rpc_BadRequest.self)?.fieldViolations.first?.field == "user_id")
    }

    @Test func `identifiers are ordered by time and differ`() {
        let first = UUID.v7(at: Date(timeIntervalSince1970: 1_000))
        let second = UUID.v7(at: Date(timeIntervalSince1970: 1_001))
        let many = Set((0..<10_000).map { _ in UUID.v7() })

        #expect(first.text < second.text)
        #expect(first.uuid.6 >> 4 == 7)
        #expect(first.uuid.8 >> 6 == 2)
        #expect(many.count == 10_000)
    }
}
