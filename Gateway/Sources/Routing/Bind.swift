import Foundation
import SwiftProtobuf

// What the generated setters call: each gives a field of a request the value that a text in a path or a query stands for.

/// Gives a string, number, truth value or byte field the value in `text`.
///
/// - Throws: ``BindingError`` when the text is no such value, or the field already has another one.
func bind<Value: FieldValue>(_ text: String, to field: inout Value) throws(BindingError) {
    guard let value = Value(fieldText: text) else { throw .malformed(Value.expectation) }
    try settle(value, in: &field, unset: Value.unset)
}

/// Appends the value in `text` to a repeated field.
func bind<Value: FieldValue>(_ text: String, to field: inout [Value]) throws(BindingError) {
    guard let value = Value(fieldText: text) else { throw .malformed(Value.expectation) }
    field.append(value)
}

/// Gives an enum field the value whose name or number is in `text`.
func bind<Value: Enum>(_ text: String, to field: inout Value, names: [String: Int]) throws(BindingError) {
    try settle(try enumValue(text, names), in: &field, unset: Value())
}

/// Appends the enum value whose name or number is in `text` to a repeated field.
func bind<Value: Enum>(_ text: String, to field: inout [Value], names: [String: Int]) throws(BindingError) {
    field.append(try enumValue(text, names))
}

private func enumValue<Value: Enum>(_ text: String, _ names: [String: Int]) throws(BindingError) -> Value {
    let number = names[text] ?? Int32(text).map(Int.init)
    guard let number, let value = Value(rawValue: number) else { throw .malformed("one of the names of its enum") }
    return value
}

/// A field can come from the path, the body and the query; all of them must agree.
private func settle<Value: Equatable>(_ value: Value, in field: inout Value, unset: Value) throws(BindingError) {
    guard field == unset || field == value else { throw .contradiction }
    field = value
}

/// A type of field that a path or a query can carry.
protocol FieldValue: Equatable {
    /// What a caller is told to send instead of a malformed text.
    static var expectation: String { get }
    /// The value that proto3 does not tell from an absent one.
    static var unset: Self { get }
    init?(fieldText: String)
}

extension String: FieldValue {
    static let expectation = "a text"
    static let unset = ""
    init?(fieldText: String) { self = fieldText }
}

extension Bool: FieldValue {
    static let expectation = "true or false"
    static let unset = false
    init?(fieldText: String) { self.init(fieldText) }
}

extension FieldValue where Self: FixedWidthInteger {
    static var expectation: String { "a whole number from \(Self.min) to \(Self.max)" }
    static var unset: Self { 0 }
    init?(fieldText: String) { self.init(fieldText, radix: 10) }
}

extension Int32: FieldValue {}
extension Int64: FieldValue {}
extension UInt32: FieldValue {}
extension UInt64: FieldValue {}

extension FieldValue where Self: BinaryFloatingPoint & LosslessStringConvertible {
    static var expectation: String { "a finite number" }
    static var unset: Self { 0 }
    init?(fieldText: String) {
        guard let number = Self(fieldText), number.isFinite else { return nil }
        self = number
    }
}

extension Float: FieldValue {}
extension Double: FieldValue {}

extension Data: FieldValue {
    static let expectation = "base64"
    static let unset = Data()

    /// Takes the alphabets of RFC 4648, sections 4 and 5, with padding or without.
    init?(fieldText: String) {
        let digits = fieldText.lastIndex { $0 != "=" }.map { fieldText[...$0] } ?? ""
        guard !digits.contains("=") else { return nil }
        let padding = String(repeating: "=", count: (4 - digits.count % 4) % 4)
        self.init(base64Encoded: digits.replacing("-", with: "+").replacing("_", with: "/") + padding)
    }
}
