import SwiftProtobuf
import Testing

@testable import RPC

/// Headers and trailers of answers.
struct ResponseMetadataTests {
    @Test(arguments: [true, false])
    func `one response carries both, whoever asks`(isExtended: Bool) throws {
        let server = try isExtended ? ConnectionInHand.extended() : ConnectionInHand()

        let answers = try server.exchange(.request(EchoService.adorned, .of("hi"), on: 3))

        let response = try #require(answers.first).response
        #expect(Metadata(response.xtHeader) == ["h": "1"])
        #expect(Metadata(response.xtTrailer) == ["t": "2"])
        #expect(try answers[0].message == .of("hi"))
        #expect(!response.hasStatus)
    }

    @Test(arguments: [EchoService.adorned, EchoService.adornedStream])
    func `an error carries both and when to try again`(method: EchoService.EchoMethod) throws {
        let server = try ConnectionInHand.extended()

        let answers = try server.exchange(.request(method, .of("fail"), on: 3))

        let response = try #require(answers.last).response
        #expect(Metadata(response.xtHeader) == ["h": "1"])
        #expect(Metadata(response.xtTrailer) == ["t": "2"])
        #expect(response.xtRetryAfter.nanos == 5_000_000)
        #expect(response.payload.isEmpty)
        #expect(try answers[0].status.code == .failedPrecondition)
    }

    @Test func `a stream tells its headers before the first message and its trailers before the end`() throws {
        let server = try ConnectionInHand.extended()

        let answers = try server.exchange(
            .request(EchoService.adornedStream, .of("hi"), on: 3),
            .request(EchoService.adornedStream, .of("none"), on: 5)
        )

        let headers = ExtensionFrame.metadata(stream: 3, ["h": "1"], isTrailing: false)
        let trailers = ExtensionFrame.metadata(stream: 3, ["t": "2"], isTrailing: true)
        #expect(
            answers.prefix(4) == [
                .extended(headers), try .data(.of("hi"), on: 3), .extended(trailers), .end(3),
            ]
        )
        #expect(answers.dropFirst(4).map(\.type) == [0x86, 0x86, 3])
    }

    @Test func `trailers wait behind the messages before them`() throws {
        let server = try ConnectionInHand.extended(client: .test { $0.initialStreamWindow = 30 })
        let text = String(repeating: "x", count: 100)

        let first = try server.exchange(.request(EchoService.adornedStream, .of(text), on: 3))
        let rest = try server.exchange(.extended(.windowUpdate(stream: 3, credit: 1000)))

        #expect(first.map(\.type) == [0x86, 3])
        #expect(rest.map(\.type) == [0x87, 0x86, 3])
        #expect(rest.last == .end(3))
    }

    @Test func `a plain client's stream has no place for them`() throws {
        let server = try ConnectionInHand()

        let answers = try server.exchange(.request(EchoService.adornedStream, .of("hi"), on: 3))

        #expect(answers == [try .data(.of("hi"), on: 3), .end(3)])
    }
}
