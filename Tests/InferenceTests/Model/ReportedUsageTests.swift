import Testing

@testable import Inference

@Suite struct ReportedUsageTests {
    @Test(arguments: [(0, 0), (1, 0), (7, 5), (2_147_483_647, 2_147_483_647)] as [(Double, Double)])
    func `takes figures that can be`(prompt: Double, completion: Double) throws {
        let usage = try ReportedUsage(promptTokens: prompt, completionTokens: completion)

        #expect(Double(usage.promptTokens) == prompt)
        #expect(Double(usage.completionTokens) == completion)
    }

    @Test(
        arguments: [
            (-1, 5), (5, -1), (0, 1), (1.5, 1), (1, 0.1), (2_147_483_648, 1), (1, 1e300), (.infinity, 1), (.nan, 1),
            (1, .nan),
        ] as [(Double, Double)]
    )
    func `refuses figures that cannot be`(prompt: Double, completion: Double) {
        #expect(throws: ReportedUsage.Implausible.self) {
            try ReportedUsage(promptTokens: prompt, completionTokens: completion)
        }
    }
}
