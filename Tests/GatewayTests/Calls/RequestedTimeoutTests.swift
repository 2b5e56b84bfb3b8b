import HTTPTypes
import Testing

@testable import hub_gateway

struct RequestedTimeoutTests {
    @Test(
        arguments: [
            ("2H", .seconds(7200)), ("3M", .seconds(180)), ("4S", .seconds(4)), ("500m", .milliseconds(500)),
            ("6u", .microseconds(6)), ("99999999n", .nanoseconds(99_999_999)), ("0S", .zero),
        ] as [(String, Duration)]
    )
    func `reads every unit of Grpc-Timeout`(_ text: String, _ timeout: Duration) throws {
        #expect(try RequestedTimeout.read([.known("grpc-timeout"): text]) == timeout)
    }

    @Test func `the smaller of two timeouts counts`() throws {
        let headers: HTTPFields = [.known("grpc-timeout"): "2S", .known("connect-timeout-ms"): "1500"]

        #expect(try RequestedTimeout.read(headers) == .milliseconds(1500))
    }

    @Test func `there need not be one`() throws {
        #expect(try RequestedTimeout.read([:]) == nil)
    }

    @Test(arguments: ["", "S", "5", "-1S", "+1S", "1.5S", "123456789S", "5s", "5 S"])
    func `refuses a malformed Grpc-Timeout`(_ text: String) {
        #expect(throws: ErrorAnswer.self) { try RequestedTimeout.read([.known("grpc-timeout"): text]) }
    }

    @Test(arguments: ["", "-1", "1s", "12345678901", "٣"])
    func `refuses a malformed Connect-Timeout-Ms`(_ text: String) {
        #expect(throws: ErrorAnswer.self) { try RequestedTimeout.read([.known("connect-timeout-ms"): text]) }
    }
}
