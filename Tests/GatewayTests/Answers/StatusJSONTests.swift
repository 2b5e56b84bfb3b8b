import Foundation
import RPC
import SwiftProtobuf
import Testing

@testable import hub_gateway

struct StatusJSONTests {
    @Test func `unpacks the details`() {
        let resource = Google_Rpc_ResourceInfo.with { $0.resourceType = "hold" }
        let status = Status(.notFound, "no such \"hold\"", reason: "NO_HOLD", domain: "test", details: [resource])

        #expect(
            String(decoding: StatusJSON.encode(status), as: UTF8.self) == #"""
                {"code":5,"message":"no such \"hold\"","details":[\#
                {"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"NO_HOLD","domain":"test"},\#
                {"@type":"type.googleapis.com/google.rpc.ResourceInfo","resourceType":"hold"}]}
                """#
        )
    }

    @Test func `does not tell where the hub is`() {
        let status = Status(
            .unavailable,
            "Cannot connect to 10.0.0.7:7700",
            reason: "CONNECT_FAILED",
            metadata: ["address": "10.0.0.7:7700"]
        )

        let json = String(decoding: StatusJSON.encode(status), as: UTF8.self)

        #expect(json.contains("CONNECT_FAILED"))
        #expect(!json.contains("10.0.0.7"))
    }

    @Test func `leaves out a detail that it cannot show`() {
        let unknown = Google_Protobuf_Any.with {
            $0.typeURL = "type.googleapis.com/hub.Unknown"
            $0.value = Data([0x08, 0x01])
        }
        let broken = Google_Protobuf_Any.with {
            $0.typeURL = "type.googleapis.com/google.rpc.ErrorInfo"
            $0.value = Data([0xFF])
        }

        let json = StatusJSON.encode(Status(.internal, "x", details: [unknown, broken]))

        #expect(String(decoding: json, as: UTF8.self) == #"{"code":13,"message":"x"}"#)
    }
}
