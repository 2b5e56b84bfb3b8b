import RPC
import SwiftProtobuf

/// The JSON of `google.rpc.Status`, with its details unpacked.
enum StatusJSON {
    /// What the end of a stream without failure says; proto3's JSON would leave the zero out.
    static let ok = Array(#"{"code":0}"#.utf8)

    static func encode(_ status: Status) -> [UInt8] {
        registerDetails
        let status = status.forStrangers
        let message = Google_Rpc_Status.with {
            $0.code = Int32(status.code.rawValue)
            $0.message = status.message
            // A detail of a type that is unknown here has no JSON form.
            $0.details = status.details.filter { (try? $0.jsonString()) != nil }
        }
        return (try? message.jsonUTF8Bytes()) ?? Array(#"{"code":\#(status.code.rawValue)}"#.utf8)
    }
}

extension Status {
    /// What callers of the gateway may read: where the hub is stays inside.
    fileprivate var forStrangers: Status {
        guard let info = self.errorInfo, info.domain == "rpc", info.metadata["address"] != nil else { return self }
        let isLost = info.reason == "CONNECTION_LOST"
        let message = isLost ? "The hub went away; the call may have been executed." : "The hub cannot be reached."
        return Status(self.code, message, reason: info.reason)
    }
}

/// Makes the details known that a status can carry; done once.
private let registerDetails: Void = {
    let types: [any Message.Type] = [
        Google_Rpc_ErrorInfo.self, Google_Rpc_BadRequest.self, Google_Rpc_RetryInfo.self, Google_Rpc_QuotaFailure.self,
        Google_Rpc_PreconditionFailure.self, Google_Rpc_ResourceInfo.self, Google_Rpc_RequestInfo.self,
    ]
    for type in types { Google_Protobuf_Any.register(messageType: type) }
}()
