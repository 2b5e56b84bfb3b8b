import Contract
import SwiftProtobuf
import Testing

@testable import hub

struct ColumnTests {
    @Test func `a secret is hidden`() {
        let tokens = TokenPair.with { $0.accessToken = "very secret" }

        #expect(!tokens.table.lines().joined().contains("very secret"))
        #expect(tokens.table.lines().last?.hasPrefix("(hidden)") == true)
    }

    @Test func `a moment is shown in UTC and one that is unset is not`() {
        let column = Column<Google_Protobuf_Timestamp?>.time("at") { $0 }

        #expect(column.text(Google_Protobuf_Timestamp(seconds: 1_800_000_000, nanos: 5)) == "2027-01-15T08:00:00Z")
        #expect(column.text(nil).isEmpty)
    }

    @Test(arguments: [(HoldState.open, "open"), (.unspecified, ""), (.UNRECOGNIZED(9), "9")])
    func `an enum's value is shown by its short name`(state: HoldState, name: String) {
        #expect(Column<HoldState>.choice("state") { $0 }.text(state) == name)
    }

    @Test func `a switch is shown as a word`() {
        let column = Column<Bool>.flag("on") { $0 }

        #expect([true, false].map(column.text) == ["yes", "no"])
    }
}
