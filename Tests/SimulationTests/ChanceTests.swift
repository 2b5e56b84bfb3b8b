import Simulation
import Testing

@Suite struct ChanceTests {
    @Test func `the same seed gives the same numbers`() {
        var (one, same, other) = (Chance(seed: 1), Chance(seed: 1), Chance(seed: 2))

        let numbers = (0..<10).map { _ in one.next() }

        #expect(numbers == (0..<10).map { _ in same.next() })
        #expect(numbers != (0..<10).map { _ in other.next() })
    }
}
