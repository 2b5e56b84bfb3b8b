import Cryptography
package import Foundation
package import RPC
package import SwiftProtobuf

/// What makes two commands the same: caller, method, request id, and the request itself.
package struct CommandKey: Sendable {
    package let principal: UUID
    package let operation: String
    package let requestID: RequestID
    package let requestHash: [UInt8]

    /// Reads the key from a command.
    ///
    /// - Throws: `INVALID_ARGUMENT` for a bad `request_id`.
    package init(_ call: CallContext, requestID: String, _ request: any Message) throws {
        self.principal = try call.principal.userID
        self.operation = call.method.path
        self.requestID = try RequestID(requestID)
        self.requestHash = SHA256.hash(try request.serializedBytes() as [UInt8])
    }
}
