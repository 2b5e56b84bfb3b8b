import Testing

@testable import RPC

/// What a client sees of errors.
struct ServerErrorTests {
    @Test func `passes on a status with its details`() throws {
        let server = try ConnectionInHand()

        let status = try server.exchange(.request(EchoService.fail, .of("status"), on: 1))[0].status

        #expect(status.code == .failedPrecondition)
        #expect(status.message == "Not now. \u{1F980}")
        #expect(status.errorInfo?.reason == "NOT_NOW")
        #expect(status.errorInfo?.domain == "test")
        #expect(status.retryDelay == .milliseconds(5))
    }

    @Test(
        arguments: [
            ("cancellation", .cancelled, "CANCELLED"),
            ("ok", .unknown, "HANDLER_FAILED"),
            ("secret", .unknown, "HANDLER_FAILED"),
            ("convertible", .aborted, "CONFLICT"),
        ] as [(String, Status.Code, String)]
    )
    func `translates other errors and hides their internals`(name: String, code: Status.Code, reason: String) throws {
        let server = try ConnectionInHand()

        let status = try server.exchange(.request(EchoService.fail, .of(name), on: 1))[0].status

        #expect(status.code == code)
        #expect(status.errorInfo?.reason == reason)
        #expect(!status.message.contains("Error"))
    }

    @Test func `never sends a body over the limit`() throws {
        let server = try ConnectionInHand()
        let most = FrameHeader.longestBody - 2 * 5  // the tags and lengths around the text

        let within = try server.exchange(.request(EchoService.large, .of("\(most)"), on: 1))
        let over = try server.exchange(.request(EchoService.large, .of("\(most + 1)"), on: 3))
        let next = try server.exchange(.request(EchoService.echo, .of("hi"), on: 5))

        #expect(within.map(\.body.count) == [FrameHeader.longestBody])
        #expect(try over.map { try $0.status.errorInfo?.reason } == ["MESSAGE_TOO_LONG"])
        #expect(next == [try .response(.of("hi"), on: 5)])
    }
}
