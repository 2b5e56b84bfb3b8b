import Credits
import Testing

@testable import Inference

@Suite struct ChatBillTests {
    private let price = TokenPrice(input: CreditAmount(micro: 1_000_000), output: CreditAmount(micro: 2_000_000))
    private let turns = [ChatPrompt.Turn(.user, "grüße")]

    private var bill: ChatBill { ChatBill(price: self.price, turns: self.turns, maxOutputTokens: 10) }

    private func completion(_ usage: ReportedUsage?) -> ChatEnding {
        .completed(ChatCompletion(finishReason: "stop", servedModel: "m", usage: usage))
    }

    @Test func `the worst case is every byte of the prompt and the longest answer`() {
        // 7 bytes, 4 around the turn, 3 before the reply, 10 tokens of answer at twice the price
        #expect(self.bill.worstCase == CreditAmount(micro: 7 + 4 + 3 + 2 * 10))
    }

    @Test func `a free model still holds something`() {
        let free = ChatBill(price: TokenPrice(input: .zero, output: .zero), turns: self.turns, maxOutputTokens: 10)

        #expect(free.worstCase == CreditAmount(micro: 1))
        #expect(free.charge(for: self.completion(nil), textBytes: 30)?.amount == .zero)
    }

    @Test func `the provider's figures are charged exactly`() throws {
        let usage = try ReportedUsage(promptTokens: 5, completionTokens: 4)

        let charge = try #require(self.bill.charge(for: self.completion(usage), textBytes: 999))

        #expect(charge.amount == CreditAmount(micro: 5 + 2 * 4))
        #expect(charge.isExact)
        #expect(charge.overrun == .zero)
    }

    @Test func `S-06 zero and absent: explicit zeros are figures`() throws {
        let usage = try ReportedUsage(promptTokens: 0, completionTokens: 0)

        #expect(self.bill.charge(for: self.completion(usage), textBytes: 9)?.amount == .zero)
    }

    @Test func `what the provider uses beyond the hold is charged all the same and told`() throws {
        let usage = try ReportedUsage(promptTokens: 5, completionTokens: 1_000)

        let charge = try #require(self.bill.charge(for: self.completion(usage), textBytes: 9))

        #expect(charge.amount == CreditAmount(micro: 5 + 2_000))
        #expect(charge.overrun == CreditAmount(micro: 5 + 2_000 - self.bill.worstCase.micro))
    }

    @Test func `missing figures are estimated from the text and marked`() throws {
        let charge = try #require(self.bill.charge(for: self.completion(nil), textBytes: 10))

        // a third of 7 bytes up, 4 and 3 around; a third of 10 bytes up
        #expect(charge.tokens == TokenCount(prompt: 3 + 4 + 3, completion: 4))
        #expect(!charge.isExact)
    }

    @Test func `an estimate is never above what was held for`() {
        let charge = self.bill.charge(for: self.completion(nil), textBytes: 1_000_000)

        #expect(charge?.tokens.completion == 10)
        #expect(charge?.overrun == .zero)
    }

    @Test func `who hangs up pays for the prompt and for what came`() {
        #expect(self.bill.charge(for: .abandoned, textBytes: 0)?.amount == CreditAmount(micro: 10))
        #expect(self.bill.charge(for: .abandoned, textBytes: 6)?.amount == CreditAmount(micro: 10 + 2 * 2))
    }

    @Test func `a provider that fails before any text costs nothing`() {
        let failure = ChatModelFailure(.ambiguous, "reset")

        #expect(self.bill.charge(for: .failed(failure), textBytes: 0) == nil)
    }

    @Test func `a provider that breaks off is paid for what it gave`() {
        let failure = ChatModelFailure(.midStream, "reset")

        #expect(self.bill.charge(for: .failed(failure), textBytes: 6)?.amount == CreditAmount(micro: 14))
    }

    @Test func `S-03 the terminal ignored: figures that came before a provider broke off are charged`() throws {
        let usage = try ReportedUsage(promptTokens: 5, completionTokens: 4)
        let failure = ChatModelFailure(.midStream, "no terminal", usage: usage)

        let charge = try #require(self.bill.charge(for: .failed(failure), textBytes: 999))

        #expect(charge.amount == CreditAmount(micro: 5 + 2 * 4))
        #expect(charge.isExact)
    }
}
