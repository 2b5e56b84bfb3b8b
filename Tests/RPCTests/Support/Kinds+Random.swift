import Foundation
import SwiftProtobuf

extension Hub_Test_Kinds {
    /// Some of its fields, without maps and packed numbers.
    static func random(depth: Int, _ random: inout SeededGenerator) -> Self {
        func isSet() -> Bool { Int.random(in: 0..<3, using: &random) == 0 }
        func text() -> String {
            String(repeating: Bool.random(using: &random) ? "x" : "é", count: Int.random(in: 0..<90, using: &random))
        }
        func number() -> Int64 { Int64(bitPattern: random.next() >> UInt64.random(in: 0..<64, using: &random)) }
        return .with {
            if isSet() { $0.double = Double(number()) / 3 }
            if isSet() { $0.float = Float(number()) / 3 }
            if isSet() { $0.int32 = Int32(truncatingIfNeeded: number()) }
            if isSet() { $0.int64 = number() }
            if isSet() { $0.uint32 = UInt32(truncatingIfNeeded: number()) }
            if isSet() { $0.uint64 = UInt64(bitPattern: number()) }
            if isSet() { $0.sint32 = Int32(truncatingIfNeeded: number()) }
            if isSet() { $0.sint64 = number() }
            if isSet() { $0.fixed32 = UInt32(truncatingIfNeeded: number()) }
            if isSet() { $0.fixed64 = UInt64(bitPattern: number()) }
            if isSet() { $0.sfixed32 = Int32(truncatingIfNeeded: number()) }
            if isSet() { $0.sfixed64 = number() }
            if isSet() { $0.bool = true }
            if isSet() { $0.string = text() }
            if isSet() { $0.bytes = Data(text().utf8) }
            if isSet() { $0.color = [.none, .red, .anti].randomElement(using: &random) ?? .none }
            if isSet() { $0.strings = (0..<3).map { _ in text() } }
            if isSet() { $0.unpacked = (0..<3).map { _ in Int32(truncatingIfNeeded: number()) } }
            if isSet() { $0.text = text() }
            if isSet() { $0.maybe = number() }
            guard depth > 0 else { return }
            if isSet() { $0.nested = .random(depth: depth - 1, &random) }
            if isSet() { $0.children = (0..<3).map { _ in .random(depth: depth - 1, &random) } }
            if isSet() { $0.one = .random(depth: depth - 1, &random) }
        }
    }
}
