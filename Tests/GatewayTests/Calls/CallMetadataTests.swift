import HTTPTypes
import RPC
import Testing

@testable import hub_gateway

struct CallMetadataTests {
    @Test func `passes on who calls and from where`() {
        let headers: HTTPFields = [.authorization: "Bearer x", .cookie: "a=b", .userAgent: "test"]

        let metadata = CallMetadata.make(from: headers, requestID: "r1", clientAddress: "10.0.0.7")

        #expect(metadata == ["x-request-id": "r1", "client-address": "10.0.0.7", "authorization": "Bearer x"])
    }

    @Test func `passes on what the caller adds`() {
        let headers: HTTPFields = [.known("Grpc-Metadata-Trace"): "1"]

        let metadata = CallMetadata.make(from: headers, requestID: "r1", clientAddress: nil)

        #expect(metadata == ["x-request-id": "r1", "trace": "1"])
    }

    @Test(
        arguments: [
            "Authorization", "Client-Address", "X-Request-Id", "grpc-timeout", "connect-protocol", "xt-offer", "",
            "a~b",
        ]
    )
    func `lets nobody set a key that is the gateway's or reserved`(_ key: String) {
        let headers: HTTPFields = [.known("Grpc-Metadata-" + key): "forged"]

        let metadata = CallMetadata.make(from: headers, requestID: "r1", clientAddress: nil)

        #expect(metadata == ["x-request-id": "r1"])
    }

    @Test(arguments: ["a", "A-z_0.9", String(repeating: "x", count: 64)])
    func `keeps a valid request id`(_ given: String) {
        #expect(RequestID.choose(given) == given)
    }

    @Test(arguments: [nil, "", "a b", "ä", "a\"b", String(repeating: "x", count: 65)])
    func `makes a request id where none is valid`(_ given: String?) {
        let made = RequestID.choose(given)

        #expect(made.count == 16 && made.allSatisfy(\.isHexDigit))
    }
}
