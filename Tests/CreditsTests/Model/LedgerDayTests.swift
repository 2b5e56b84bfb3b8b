import Credits
import Testing

@Suite struct LedgerDayTests {
    @Test(arguments: ["2026-11-27", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"])
    func `a day is what it was written as`(text: String) {
        #expect(LedgerDay(text)?.description == text)
    }

    @Test(
        arguments: [
            "", "2026-11-31", "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "0000-01-01",
            "26-11-27", "2026-1-1", "2026-11-27 ", "2026-11-27T00:00", "2026/11/27", "20२6-11-27", "-026-11-27",
            "infinity", "today",
        ]
    )
    func `anything else is no day`(text: String) {
        #expect(LedgerDay(text) == nil)
    }

    @Test func `days are ordered`() throws {
        let days = try ["2025-12-31", "2026-01-01", "2026-01-02", "2026-02-01"].map { try #require(LedgerDay($0)) }

        #expect(days.shuffled().sorted() == days)
    }

    @Test func `a report reads the smallest model that tells apart what it must`() {
        var order = ReportOrder(keys: [.kind, .service, .kind])
        #expect(order.keys == [.service, .kind])
        #expect(order.source == .totals)
        order.firstDay = LedgerDay("2026-11-27")
        #expect(order.source == .totals)
        #expect(ReportOrder(keys: [.user]).source == .accounts)
        #expect(ReportOrder(keys: [.user, .day]).source == .daily)
        var filtered = ReportOrder(keys: [.user])
        filtered.lastDay = LedgerDay("2026-11-27")
        #expect(filtered.source == .daily)
    }
}
