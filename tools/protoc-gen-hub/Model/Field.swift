/// A field of a message.
struct Field {
    /// What a value of it is; the encodings of one Swift type count as one.
    indirect enum Kind: Hashable, Sendable {
        case double, float, int32, int64, uint32, uint64, bool, string, bytes
        /// With the enum's full proto name.
        case enumeration(String)
        /// With the message's full proto name.
        case message(String)
        case map(key: Kind, value: Kind)
    }

    /// Such as `hold_id`.
    let name: String
    /// Such as `holdId`.
    let jsonName: String
    /// As protoc-gen-swift names it, such as `holdID`.
    let swiftName: String
    let kind: Kind
    /// A list; a map is none.
    let isRepeated: Bool
    /// Whether "not set" and "set to the default value" are two things.
    let hasPresence: Bool
    /// The oneof that it belongs to.
    let oneof: String?
    let marker: FieldMarker
    let doc: DocComment
    let position: SourcePosition

    /// Whether a text can hold a value: neither a message nor a map.
    var isPrimitive: Bool {
        switch self.kind {
        case .message, .map: false
        default: true
        }
    }
}
