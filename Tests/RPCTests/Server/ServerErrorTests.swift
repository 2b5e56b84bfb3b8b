import SwiftProtobuf
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

    @Test func `headers and trailers count toward the limit of a body`() throws {
        let server = try ConnectionInHand()
        let most = FrameHeader.longestBody - 2 * 5 - 2 * 9  // beside the text each pair takes nine bytes

        let within = try server.exchange(.request(EchoService.adornedLarge, .of("\(most)"), on: 1))
        let over = try server.exchange(.request(EchoService.adornedLarge, .of("\(most + 1)"), on: 3))

        #expect(within.map(\.body.count) == [FrameHeader.longestBody])
        #expect(try over.map { try $0.status.code } == [.resourceExhausted])
        #expect(try over.map { try $0.status.errorInfo?.reason } == ["MESSAGE_TOO_LONG"])
    }

    @Test(arguments: [false, true])
    func `an answer over the limit becomes an error without headers`(isExtended: Bool) throws {
        let server = try isExtended ? ConnectionInHand.extended() : ConnectionInHand()
        let length = FrameHeader.longestBody - 2 * 5

        let answers = try server.exchange(.request(EchoService.adornedLarge, .of("\(length)"), on: 3))
        let next = try server.exchange(.request(EchoService.echo, .of("hi"), on: 5))

        let response = try #require(answers.first).response
        #expect(answers.count == 1)
        #expect(try answers.first?.status.errorInfo?.reason == "MESSAGE_TOO_LONG")
        #expect(response.xtHeader.isEmpty && response.xtTrailer.isEmpty)
        #expect(next == [try .response(.of("hi"), on: 5)])
    }

    @Test(arguments: [false, true])
    func `a message of a stream over the limit ends the stream with an error`(isExtended: Bool) throws {
        let server = try isExtended ? ConnectionInHand.extended() : ConnectionInHand()
        let most = FrameHeader.longestBody - 5

        let over = try server.exchange(.request(EchoService.largeStream, .of("\(most + 1)"), on: 3))
        let within = isExtended ? [] : try server.exchange(.request(EchoService.largeStream, .of("\(most)"), on: 5))

        #expect(try over.map { try $0.status.errorInfo?.reason } == ["MESSAGE_TOO_LONG"])
        if !isExtended { #expect(within.map(\.body.count) == [FrameHeader.longestBody, 0]) }
    }

    @Test(arguments: [false, true])
    func `an error carries details, headers and trailers within their bounds`(isExtended: Bool) throws {
        let server = try isExtended ? ConnectionInHand.extended() : ConnectionInHand()

        let frames = try server.exchange(.request(EchoService.failAtLength, on: 3))

        let response = try Ttrpc_Response(serializedBytes: frames.flatMap(\.body))
        #expect(response.status.code == Int32(Status.Code.notFound.rawValue))
        #expect(response.status.details.count == 2)
        #expect(response.xtHeader.count == 1 && response.xtTrailer.count == 1)
        #expect(frames.bodyBytes < 3 * 8 * 1024 + 100)
    }
}
