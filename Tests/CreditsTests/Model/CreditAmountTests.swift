import Credits
import Testing

@Suite struct CreditAmountTests {
    @Test(arguments: [
        ("0", 0), ("1", 1_000_000), ("12.5", 12_500_000), ("0.000001", 1), ("-0.000001", -1), ("-3", -3_000_000),
        ("007", 7_000_000), ("1.50", 1_500_000), ("9223372036854.775807", Int64.max),
        ("-9223372036854.775808", Int64.min),
    ])
    func `reads decimal strings`(text: String, micro: Int64) {
        #expect(CreditAmount(text)?.micro == micro)
    }

    @Test(arguments: [
        "", " ", "-", "+1", "1e3", "1E3", "0x1", ".5", "5.", "1.2.3", "1,5", "0.0000001", "1 ", " 1", "--1", "٣", "NaN",
        "inf", "9223372036854.775808", "-9223372036854.775809", "99999999999999999999", "1_000", "-.5", "1.-5",
    ])
    func `refuses anything else`(text: String) {
        #expect(CreditAmount(text) == nil)
    }

    @Test(arguments: [
        (0, "0"), (1, "0.000001"), (-1, "-0.000001"), (1_000_000, "1"), (12_500_000, "12.5"), (-1_250_000, "-1.25"),
        (Int64.max, "9223372036854.775807"), (Int64.min, "-9223372036854.775808"),
    ])
    func `writes the shortest form`(micro: Int64, text: String) {
        #expect(CreditAmount(micro: micro).description == text)
    }

    @Test func `every amount survives being written and read`() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<10_000 {
            let amount = CreditAmount(micro: Int64(bitPattern: generator.next()) >> Int64.random(in: 0...63))

            #expect(CreditAmount(amount.description) == amount)
        }
    }

    @Test func `arithmetic that does not fit gives nothing`() {
        let largest = CreditAmount(micro: .max)
        let smallest = CreditAmount(micro: .min)

        #expect(largest.adding(CreditAmount(micro: 1)) == nil)
        #expect(smallest.subtracting(CreditAmount(micro: 1)) == nil)
        #expect(largest.subtracting(largest) == .zero)
        #expect(CreditAmount.one.adding(.one)?.description == "2")
    }
}
