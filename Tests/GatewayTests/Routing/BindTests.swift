import Contract
import Foundation
import Testing

@testable import hub_gateway

struct BindTests {
    @Test func `gives plain fields their values`() throws {
        var text = "", truth = false, small = Int32(0), large = UInt64(0), number = 0.0

        try bind("a b", to: &text)
        try bind("true", to: &truth)
        try bind("-2147483648", to: &small)
        try bind("18446744073709551615", to: &large)
        try bind("0.25", to: &number)

        #expect((text, truth, small, large, number) == ("a b", true, .min, .max, 0.25))
    }

    @Test(arguments: ["", "x", "1.5", "1e3", "0x10", " 1", "2147483648", "-2147483649"])
    func `refuses a text that is no 32-bit number`(_ text: String) {
        #expect(throws: BindingError.malformed("a whole number from -2147483648 to 2147483647")) {
            var field = Int32(0)
            try bind(text, to: &field)
        }
    }

    @Test(arguments: ["", "yes", "1", "TRUE"])
    func `refuses a text that is no truth value`(_ text: String) {
        #expect(throws: BindingError.malformed("true or false")) {
            var field = false
            try bind(text, to: &field)
        }
    }

    @Test(arguments: ["", "x", "nan", "inf", "1e400"])
    func `refuses a text that is no finite number`(_ text: String) {
        #expect(throws: BindingError.malformed("a finite number")) {
            var field = 0.0
            try bind(text, to: &field)
        }
    }

    @Test(arguments: ["-_8=", "-_8", "+/8=", "+/8"])
    func `takes bytes in both alphabets of base64, with padding or without`(_ text: String) throws {
        var field = Data()

        try bind(text, to: &field)

        #expect(field == Data([0xFB, 0xFF]))
    }

    @Test(arguments: ["*", "AA=A", "A"])
    func `refuses a text that is not base64`(_ text: String) {
        #expect(throws: BindingError.malformed("base64")) {
            var field = Data()
            try bind(text, to: &field)
        }
    }

    @Test(arguments: ["TRANSACTION_KIND_USAGE", "2"])
    func `takes an enum value by its name and by its number`(_ text: String) throws {
        var field = TransactionKind.unspecified

        try bind(text, to: &field, names: ["TRANSACTION_KIND_USAGE": 2])

        #expect(field == .usage)
    }

    @Test(arguments: ["", "usage", "TRANSACTION_KIND_GIFT", "2.0"])
    func `refuses a text that names no enum value`(_ text: String) {
        #expect(throws: BindingError.malformed("one of the names of its enum")) {
            var field = TransactionKind.unspecified
            try bind(text, to: &field, names: ["TRANSACTION_KIND_USAGE": 2])
        }
    }

    @Test func `appends to repeated fields`() throws {
        var numbers: [Int32] = [1]
        var kinds: [TransactionKind] = []

        try bind("2", to: &numbers)
        try bind("1", to: &kinds, names: [:])

        #expect(numbers == [1, 2])
        #expect(kinds == [.initial])
    }

    @Test func `the same value twice is no contradiction, another is`() throws {
        var field = "a"

        try bind("a", to: &field)

        #expect(throws: BindingError.contradiction) { try bind("b", to: &field) }
    }
}
