package import RPC
import SwiftProtobuf

extension Status {
    /// The form in which refusals are stored.
    package var envelope: Google_Rpc_Status {
        .with {
            $0.code = Int32(self.code.rawValue)
            $0.message = self.message
            $0.details = self.details
        }
    }

    /// A refusal as it was stored.
    package init(envelope: Google_Rpc_Status) {
        self.init(Code(number: envelope.code), envelope.message, details: envelope.details)
    }
}
