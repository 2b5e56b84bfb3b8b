import RPC
import Testing

@testable import hub_gateway

struct StreamFramingTests {
    static let failure = Status(.unavailable, "gone")

    @Test(
        arguments: [
            (.jsonLines, "{\"a\":1}\n{\"b\":2}\n{\"@end\":{\"code\":0}}\n"),
            (.eventStream, "id: 1\ndata: {\"a\":1}\n\nid: 2\ndata: {\"b\":2}\n\nevent: end\ndata: {\"code\":0}\n\n"),
            (.json, "[{\"a\":1},{\"b\":2},{\"@end\":{\"code\":0}}]\n"),
        ] as [(MediaType, String)]
    )
    func `ends a complete stream with a record of its own`(_ type: MediaType, _ text: String) {
        var framing = StreamFraming(type)

        let bytes =
            framing.message(Array(#"{"a":1}"#.utf8)) + framing.message(Array(#"{"b":2}"#.utf8)) + framing.end(nil)

        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }

    @Test(
        arguments: [
            (.jsonLines, "{\"@end\":{\"code\":14,\"message\":\"gone\"}}\n"),
            (.eventStream, "event: error\ndata: {\"code\":14,\"message\":\"gone\"}\n\n"),
            (.json, "[{\"@end\":{\"code\":14,\"message\":\"gone\"}}]\n"),
        ] as [(MediaType, String)]
    )
    func `ends a stream that failed with the status`(_ type: MediaType, _ text: String) {
        let bytes = StreamFraming(type).end(Self.failure)

        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }
}
