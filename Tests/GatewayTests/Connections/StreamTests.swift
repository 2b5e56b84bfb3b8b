import HTTPTypes
import RPC
import Testing

@testable import hub_gateway

@Suite(.timeLimit(.minutes(1)))
struct StreamTests {
    static let formats: [MediaType] = [.jsonLines, .eventStream, .json]

    @Test(
        arguments: [
            (.jsonLines, "{\"text\":\"to\"}\n{\"text\":\"be\"}\n{\"@end\":{\"code\":0}}\n"),
            (
                .eventStream,
                "id: 1\ndata: {\"text\":\"to\"}\n\nid: 2\ndata: {\"text\":\"be\"}\n\nevent: end\ndata: {\"code\":0}\n\n"
            ),
            (.json, "[{\"text\":\"to\"},{\"text\":\"be\"},{\"@end\":{\"code\":0}}]\n"),
        ] as [(MediaType, String)]
    )
    func `writes the messages and then the end`(_ type: MediaType, _ text: String) async throws {
        try await GatewayUnderTest.serve { gateway in
            try await HTTPConnection.open(to: gateway.port) { http in
                let answer = try await http.chat("to be ends", as: type)
                let next = try await http.ask(.get, "/healthz")

                #expect(answer.head.status == .ok)
                #expect(answer.head.headerFields[.contentType] == type.rawValue)
                #expect(answer.body == text)
                #expect(next.head.status == .ok)
            }
        }
    }

    @Test(arguments: formats)
    func `answers a failure before the first message as an error`(_ type: MediaType) async throws {
        try await GatewayUnderTest.serve { gateway in
            try await HTTPConnection.open(to: gateway.port) { http in
                let answer = try await http.chat("breaks", as: type)

                #expect(answer.head.status == .serviceUnavailable)
                #expect(answer.head.headerFields[.contentType] == "application/json")
                #expect(try ErrorBody(answer.body).reason == "PROVIDER_UNAVAILABLE")
            }
        }
    }

    @Test(
        arguments: [
            (.jsonLines, "{\"text\":\"to\"}\n{\"@end\":{\"code\":14,"),
            (.eventStream, "id: 1\ndata: {\"text\":\"to\"}\n\nevent: error\ndata: {\"code\":14,"),
            (.json, "[{\"text\":\"to\"},{\"@end\":{\"code\":14,"),
        ] as [(MediaType, String)]
    )
    func `tells a failure after the first message in the last record`(_ type: MediaType, _ text: String) async throws {
        try await GatewayUnderTest.serve { gateway in
            try await HTTPConnection.open(to: gateway.port) { http in
                let answer = try await http.chat("to breaks", as: type)

                #expect(answer.head.status == .ok)
                #expect(answer.body.hasPrefix(text))
            }
        }
    }

    @Test(arguments: formats)
    func `a stream without messages still has its end`(_ type: MediaType) async throws {
        try await GatewayUnderTest.serve { gateway in
            try await HTTPConnection.open(to: gateway.port) { http in
                let answer = try await http.chat("ends", as: type)

                #expect(answer.head.status == .ok)
                #expect(answer.body.contains(#"{"code":0}"#))
            }
        }
    }

    @Test func `writes each message when it comes`() async throws {
        try await GatewayUnderTest.serve { gateway in
            try await HTTPConnection.open(to: gateway.port) { http in
                try await http.sendChat("first hangs", as: .eventStream)

                #expect(try await http.head().status == .ok)
                #expect(try await http.piece() == "id: 1\ndata: {\"text\":\"first\"}\n\n")
            }
        }
    }

    @Test(arguments: ["hangs", "first hangs", "first floods"])
    func `cancels the handler when the client hangs up`(_ model: String) async throws {
        try await GatewayUnderTest.serve { gateway in
            try await HTTPConnection.open(to: gateway.port) { http in
                try await http.sendChat(model, as: .eventStream)
                for await started in gateway.hub.started.prefix(1) { #expect(started == model) }
            }
            for await cancelled in gateway.hub.cancelled.prefix(1) { #expect(cancelled == model) }
        }
    }

    @Test func `holds the handler back while the client does not read`() async throws {
        try await GatewayUnderTest.serve { gateway in
            try await HTTPConnection.open(to: gateway.port) { http in
                try await http.sendChat("first floods", as: .jsonLines)
                _ = try await http.head()
                try await HTTPConnection.open(to: gateway.port) { other in
                    for _ in 1...200 { _ = try await other.ask(.get, "/api/credits/balance") }
                }

                // What fits into the buffers of four sockets and both programs, with room to spare.
                #expect(gateway.hub.flood.value < 16 << 20 / (64 << 10))
            }
        }
    }

    @Test func `tells an event source that no stream is resumed`() async throws {
        try await GatewayUnderTest.serve { gateway in
            try await HTTPConnection.open(to: gateway.port) { http in
                let answer = try await http.chat("to be ends", as: .eventStream, [.lastEventID: "1"])

                #expect(answer.head.status == .noContent)
                #expect(answer.body == "")
            }
        }
    }

    @Test func `ends running requests before it stops`() async throws {
        try await GatewayUnderTest.serve { gateway in
            try await HTTPConnection.open(to: gateway.port) { http in
                try await http.sendChat("first waits", as: .jsonLines)
                for await started in gateway.hub.started.prefix(1) { #expect(started == "first waits") }
                await gateway.stop()
                gateway.hub.openGate()

                #expect(try await http.answer().body == "{\"text\":\"first\"}\n{\"@end\":{\"code\":0}}\n")
            }
        }
    }
}

extension HTTPConnection {
    fileprivate mutating func chat(
        _ model: String,
        as type: MediaType,
        _ headers: HTTPFields = [:]
    ) async throws -> Answer {
        var headers = headers
        headers[.accept] = type.rawValue
        return try await self.ask(.post, "/api/chat", headers, body: #"{"model":"\#(model)"}"#)
    }

    fileprivate func sendChat(_ model: String, as type: MediaType) async throws {
        try await self.send(.post, "/api/chat", [.accept: type.rawValue], body: #"{"model":"\#(model)"}"#)
    }
}
