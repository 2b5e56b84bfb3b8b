package import struct Foundation.Date
package import struct Foundation.UUID

/// A value for one `$n` of a statement. Its SQL type is the one Postgres infers at that place.
package enum Parameter: Sendable, Hashable {
    /// SQL NULL of any type.
    case null
    /// A whole number, for any numeric type.
    case int(Int64)
    /// A floating-point number.
    case double(Double)
    /// A text, or the text form of any other type (`numeric`, `jsonb`, `interval`); must not hold a NUL character.
    case text(String)
    /// A `bytea`.
    case bytes([UInt8])
    /// A `uuid`.
    case uuid(UUID)
    /// A `boolean`.
    case bool(Bool)
    /// A `timestamptz`, rounded to the microsecond.
    case date(Date)
    /// An array of `uuid`.
    case uuids([UUID])
    /// An array of a whole-number type.
    case ints([Int64])
    /// An array of `text`, or of any type in its text form.
    case texts([String])
    /// An array whose elements may be NULL, in binary.
    case array(BinaryArray)
}

extension Parameter {
    /// `int`, or NULL.
    package static func int(optional value: Int64?) -> Parameter { value.map(Parameter.int) ?? .null }

    /// `double`, or NULL.
    package static func double(optional value: Double?) -> Parameter { value.map(Parameter.double) ?? .null }

    /// `text`, or NULL.
    package static func text(optional value: String?) -> Parameter { value.map(Parameter.text) ?? .null }

    /// `bytes`, or NULL.
    package static func bytes(optional value: [UInt8]?) -> Parameter { value.map(Parameter.bytes) ?? .null }

    /// `uuid`, or NULL.
    package static func uuid(optional value: UUID?) -> Parameter { value.map(Parameter.uuid) ?? .null }

    /// `bool`, or NULL.
    package static func bool(optional value: Bool?) -> Parameter { value.map(Parameter.bool) ?? .null }

    /// `date`, or NULL.
    package static func date(optional value: Date?) -> Parameter { value.map(Parameter.date) ?? .null }
}

extension Parameter: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral
{
    /// `int` of a literal.
    package init(integerLiteral value: Int64) { self = .int(value) }

    /// `text` of a literal.
    package init(stringLiteral value: String) { self = .text(value) }

    /// `bool` of a literal.
    package init(booleanLiteral value: Bool) { self = .bool(value) }

    /// `null`.
    package init(nilLiteral: ()) { self = .null }
}
