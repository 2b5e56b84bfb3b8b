import Credits
import Testing

@Suite struct AccountStateTests {
    private func account(_ balance: Int64, held: Int64 = 0) -> AccountState {
        AccountState(balance: CreditAmount(micro: balance), held: CreditAmount(micro: held))
    }

    @Test func `a hold takes what is available and not more`() {
        let account = self.account(10, held: 4)

        #expect(account.available == CreditAmount(micro: 6))
        #expect(account.holding(CreditAmount(micro: 6)) == self.account(10, held: 10))
        #expect(account.holding(CreditAmount(micro: 7)) == nil)
        #expect(self.account(.max, held: .max).holding(CreditAmount(micro: 1)) == nil)
    }

    @Test func `the end of a hold spends a part and returns the rest`() {
        let ended = self.account(10, held: 6).ending(CreditAmount(micro: 6), spending: CreditAmount(micro: 2))

        #expect(ended == self.account(8, held: 0))
        #expect(self.account(10, held: 1).ending(CreditAmount(micro: 2), spending: .zero) == nil)
    }

    @Test func `an adjustment takes nothing that is held`() {
        let account = self.account(10, held: 4)

        #expect(account.adjusted(by: CreditAmount(micro: 5)) == self.account(15, held: 4))
        #expect(account.adjusted(by: CreditAmount(micro: -6)) == self.account(4, held: 4))
        #expect(account.adjusted(by: CreditAmount(micro: -7)) == nil)
        #expect(account.adjusted(by: CreditAmount(micro: .max)) == nil)
        #expect(account.adjusted(by: CreditAmount(micro: .min)) == nil)
    }

    @Test func `any run of holds, ends and adjustments keeps the rules`() {
        var account = self.account(1_000)
        var open: [CreditAmount] = []
        for _ in 0..<10_000 {
            let amount = CreditAmount(micro: .random(in: 1...200))
            switch Int.random(in: 0..<3) {
            case 0:
                guard let next = account.holding(amount) else { continue }
                account = next
                open.append(amount)
            case 1:
                guard let hold = open.popLast() else { continue }
                let spent = CreditAmount(micro: .random(in: 0...hold.micro))
                account = account.ending(hold, spending: spent) ?? self.account(-1)
            default:
                account = account.adjusted(by: Bool.random() ? amount : CreditAmount(micro: -amount.micro)) ?? account
            }

            #expect(account.held >= .zero && account.held <= account.balance)
            #expect(account.held.micro == open.reduce(0) { $0 + $1.micro })
        }
    }
}
