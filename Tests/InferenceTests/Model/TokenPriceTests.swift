import Credits
import Inference
import Testing

@Suite struct TokenPriceTests {
    private let price = TokenPrice(input: CreditAmount(micro: 1_500_000), output: CreditAmount(micro: 6_000_000))

    @Test(arguments: [
        (0, 0, 0), (1, 0, 2), (2, 0, 3), (1, 1, 8), (1_000_000, 0, 1_500_000), (0, 1_000_000, 6_000_000),
        (1_000_000, 1_000_000, 7_500_000), (-5, -5, 0),
    ])
    func `tokens cost their price per million, rounded up once`(prompt: Int, completion: Int, micro: Int64) {
        #expect(self.price.cost(of: TokenCount(prompt: prompt, completion: completion)) == CreditAmount(micro: micro))
    }

    @Test func `a cost that does not fit is the largest amount, never a small one`() {
        let dear = TokenPrice(input: CreditAmount(micro: .max), output: CreditAmount(micro: .max))

        #expect(dear.cost(of: TokenCount(prompt: .max, completion: .max)) == CreditAmount(micro: .max))
    }
}
