import SwiftProtobuf
import Testing

@testable import RPC

struct StatusTests {
    @Test(arguments: zip(Status.Code.allCases, Google_Rpc_Code.allCases))
    func `codes have the numbers and names of google.rpc.Code`(code: Status.Code, expected: Google_Rpc_Code) {
        #expect(code.rawValue == expected.rawValue)
        #expect("\(code)" == "\(expected)")
    }

    @Test(
        arguments: [
            (.ok, "OK"),
            (.invalidArgument, "INVALID_ARGUMENT"),
            (.internal, "INTERNAL"),
        ] as [(Status.Code, String)]
    )
    func `names are in upper case`(code: Status.Code, name: String) {
        #expect(code.name == name)
    }

    @Test(arguments: [-1, 17, .max] as [Int32])
    func `codes nobody defined are unknown`(number: Int32) {
        #expect(Status.Code(number: number) == .unknown)
    }

    @Test func `finds its details by type`() {
        let status = Status(
            .resourceExhausted,
            "Later.",
            reason: "BUSY",
            domain: "test",
            metadata: ["a": "b"],
            details: [Google_Rpc_RetryInfo.with { $0.retryDelay = .with { ($0.seconds, $0.nanos) = (2, 500_000_000) } }]
        )

        #expect(status.errorInfo == .with { ($0.reason, $0.domain, $0.metadata) = ("BUSY", "test", ["a": "b"]) })
        #expect(status.retryDelay == .milliseconds(2500))
        #expect(status.detail(Google_Rpc_BadRequest.self) == nil)
    }

    @Test func `a status without details has no reason and no delay`() {
        let status = Status(.unknown, "?")

        #expect(status.errorInfo == nil)
        #expect(status.retryDelay == nil)
    }
}
