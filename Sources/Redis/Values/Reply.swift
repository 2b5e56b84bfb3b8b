/// What the server answered to one command.
package enum Reply: Sendable, Equatable {
    /// A short answer such as `OK`.
    case status(String)
    /// The server refused the command; starts with a word in capitals such as `WRONGTYPE`.
    case error(String)
    /// A whole number.
    case integer(Int64)
    /// Bytes of any content.
    case string([UInt8])
    /// Several answers, nested at most seven deep.
    case array([Reply])
    /// Nothing there.
    case null
}

extension Reply {
    /// The characters of a string or a status; nil for anything else and for bytes that are no UTF-8.
    package var text: String? {
        switch self {
        case .string(let bytes): String(validating: bytes, as: UTF8.self)
        case .status(let text): text
        case .error, .integer, .array, .null: nil
        }
    }

    /// The number, if it is one.
    package var integer: Int64? {
        guard case .integer(let number) = self else { return nil }
        return number
    }

    /// The elements, if it is an array.
    package var array: [Reply]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }
}
