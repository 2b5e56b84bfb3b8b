import Logging
import Testing

@testable import RPC

struct CallContextTests {
    private func context(requestID: String?, serial: UInt64 = 0x2A) -> CallContext {
        let head = CallHead(
            method: EchoService.echo.descriptor,
            metadata: requestID.map { ["X-Request-ID": $0] } ?? [:],
            credential: nil,
            origin: CallOrigin(.unix, logger: Logger(label: "test") { StreamLogHandler.standardError(label: $0) })
        )
        return CallContext(head, serial: serial)
    }

    @Test(arguments: ["a", "Z9-_.", String(repeating: "x", count: 64)])
    func `takes the request ID of the caller`(given: String) {
        #expect(self.context(requestID: given).requestID == given)
    }

    @Test(arguments: [nil, "", "a b", "é", "x\n", String(repeating: "x", count: 65)])
    func `makes a request ID where the caller's will not do`(given: String?) {
        #expect(self.context(requestID: given).requestID == "000000000000002a")
    }

    @Test func `nobody but interceptors says who calls`() async {
        await #expect(processExitsWith: .failure) {
            let origin = CallOrigin(.unix, logger: Logger(label: "test") { StreamLogHandler.standardError(label: $0) })
            let call = CallContext(
                CallHead(method: EchoService.echo.descriptor, metadata: [:], credential: nil, origin: origin),
                serial: 1
            )
            call.identity = origin
            call.admitted()
            call.identity = origin
        }
    }

    @Test func `says of which call a log line is`() {
        let logger = self.context(requestID: "r1").logger

        #expect(logger[metadataKey: "request-id"] == "r1")
        #expect(logger[metadataKey: "method"] == "test.Echo/Echo")
    }
}
