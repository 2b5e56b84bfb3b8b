import SwiftProtobuf

/// Facts for the journal that no message of the contract holds. Never a secret, never an e-mail address.
enum JournalFacts {
    static func of(_ facts: [String: String]) -> Google_Protobuf_Struct {
        Google_Protobuf_Struct(fields: facts.mapValues { Google_Protobuf_Value(stringValue: $0) })
    }
}
