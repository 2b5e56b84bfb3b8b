/// Random numbers that are the same for the same seed (SplitMix64).
package struct Chance: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        self.state = seed
    }

    package mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// Numbers of their own for somebody who uses them at the same time.
    package mutating func fork() -> Chance { Chance(seed: self.next()) }

    /// True in so many of a thousand cases.
    package mutating func happens(_ perMille: Int) -> Bool { Int.random(in: 0..<1000, using: &self) < perMille }

    /// One of the values, each as often as its weight says.
    package mutating func pick<Value>(_ values: [(weight: Int, value: Value)]) -> Value {
        var left = Int.random(in: 0..<values.reduce(0) { $0 + $1.weight }, using: &self)
        for (weight, value) in values {
            left -= weight
            if left < 0 { return value }
        }
        preconditionFailure("a number below the sum of the weights is used up before their end")
    }

    /// One of the elements, all equally often; nil when there is none.
    package mutating func pick<Element>(from elements: [Element]) -> Element? { elements.randomElement(using: &self) }
}
