import Credits
import Foundation
import Testing

@Suite struct BulkSheetTests {
    private let user = "0199a9f0-0000-7000-8000-000000000001"

    private func orders(_ text: String) throws(BulkFault) -> [BulkOrder] {
        var sheet = BulkSheet()
        return try sheet.feed(Array(text.utf8)) + sheet.finish()
    }

    @Test(arguments: ["user_id,amount,reason", "reason,user_id,amount", "amount,reason,user_id"])
    func `the columns stand in any order`(header: String) throws {
        let cells = ["user_id": self.user, "amount": "-1.5", "reason": "fee"]
        let line = header.split(separator: ",").compactMap { cells[String($0)] }.joined(separator: ",")

        let orders = try self.orders("\(header)\n\(line)\n")

        let order = try #require(orders.first)
        #expect(order.line == 2)
        #expect(order.adjustment?.account.uuidString.lowercased() == self.user)
        #expect(order.adjustment?.amount.description == "-1.5")
        #expect(order.reason == "fee")
    }

    @Test(arguments: [
        ("", "is empty"), ("\n\n", "is empty"), ("user_id,amount", "lacks the column reason"),
        ("user_id,amount,reason,note", "has a column \"note\""), ("User_ID,amount,reason", "has a column \"User_ID\""),
        ("user_id,amount,reason,amount", "has the column amount twice"),
        ("user_id,amount,reason\n\"", "opens a quote"), ("user_id,amount,reason\n\0", "holds a NUL"),
    ])
    func `a file that cannot be read as a whole says why`(text: String, message: String) {
        let fault = #expect(throws: BulkFault.self) { try self.orders(text) }

        #expect(fault?.message.contains(message) == true)
    }

    @Test(arguments: [
        ("nobody,1,r", "user_id is not a UUID."), ("USER,,r", "amount must be a decimal"),
        ("USER,1e3,r", "amount must be a decimal"), ("USER,=1+1,r", "amount must be a decimal"),
        ("USER,0.0000001,r", "amount must be a decimal"), ("USER,0,r", "amount must not be 0."),
        ("USER,1,", "reason is missing."), ("USER,1", "has 2 cells"), ("USER,1,r,x", "has 4 cells"),
        ("\"\"", "has 1 cells"),
    ])
    func `a line that is wrong says why and the next one counts`(line: String, fault: String) throws {
        let text = "user_id,amount,reason\n\(line)\nUSER,1,fine\n".replacing("USER", with: self.user)

        let orders = try self.orders(text)

        #expect(orders.map(\.line) == [2, 3])
        #expect(orders.first?.adjustment == nil)
        #expect(orders.first?.fault.contains(fault) == true)
        #expect(orders.last?.adjustment != nil)
    }

    @Test func `a reason may have 500 bytes and look like a formula`() throws {
        let reasons = [String(repeating: "é", count: 250), "=HYPERLINK(1)", String(repeating: "x", count: 501)]

        let orders = try self.orders(
            "user_id,amount,reason\n" + reasons.map { "\(self.user),1,\($0)\n" }.joined()
        )

        #expect(orders.map { $0.adjustment != nil } == [true, true, false])
        #expect(orders.map(\.reason) == reasons)
    }

    @Test func `the line after the last one is refused by its number`() throws {
        let line = "\(self.user),1,r\n"
        var sheet = BulkSheet()
        _ = try sheet.feed(Array("user_id,amount,reason\n".utf8))
        let thousand = Array(String(repeating: line, count: 1000).utf8)
        for _ in 0..<BulkSheet.lineLimit / 1000 { _ = try sheet.feed(thousand) }

        let fault = #expect(throws: BulkFault.self) { try sheet.feed(Array(line.utf8)) }

        #expect(sheet.count == BulkSheet.lineLimit)
        #expect(fault?.line == BulkSheet.lineLimit + 2)
    }
}
