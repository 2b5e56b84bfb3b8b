import HTTPTypes
import RPC

/// What of an HTTP request reaches the hub beside the message: who calls, from where, and what the caller adds as
/// `Grpc-Metadata-…`. No other header does.
enum CallMetadata {
    /// Keys that only the gateway sets.
    private static let own: Set<String> = [
        "authorization", "client-address", "x-request-id", TraceContext.parentKey, TraceContext.stateKey,
    ]
    private static let reservedPrefixes = ["grpc-", "connect-", "xt-"]
    private static let callersPrefix = "grpc-metadata-"

    static func make(from headers: HTTPFields, requestID: String, clientAddress: String?) -> Metadata {
        var metadata = Metadata()
        metadata.append("x-request-id", requestID)
        if let clientAddress { metadata.append("client-address", clientAddress) }
        if let authorization = headers[.authorization] { metadata.append("authorization", authorization) }
        for field in headers {
            let name = field.name.canonicalName
            guard name.hasPrefix(self.callersPrefix) else { continue }
            let key = String(name.dropFirst(self.callersPrefix.count))
            if self.isFree(key) { metadata.append(key, field.value) }
        }
        return metadata
    }

    private static func isFree(_ key: String) -> Bool {
        !key.isEmpty && !self.own.contains(key) && !self.reservedPrefixes.contains(where: key.hasPrefix)
            && key.utf8.allSatisfy { "0123456789abcdefghijklmnopqrstuvwxyz-_.".utf8.contains($0) }
    }
}
