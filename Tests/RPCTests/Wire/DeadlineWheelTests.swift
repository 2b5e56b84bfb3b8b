import Testing

@testable import RPC

struct DeadlineWheelTests {
    @Test func `gives out what is due, once`() {
        var wheel = DeadlineWheel<String>(slots: 8)
        _ = wheel.add("soon", due: 2)
        _ = wheel.add("late", due: 5)

        #expect(wheel.advance(to: 1) == [])
        #expect(wheel.advance(to: 2) == ["soon"])
        #expect(wheel.advance(to: 4) == [])
        #expect(wheel.advance(to: 9) == ["late"])
        #expect(wheel.advance(to: 100) == [])
        #expect(wheel.count == 0)
    }

    @Test func `gives out at the next tick what is due already`() {
        var wheel = DeadlineWheel<String>(slots: 8)
        _ = wheel.advance(to: 50)

        _ = wheel.add("past", due: 3)

        #expect(wheel.advance(to: 51) == ["past"])
    }

    @Test func `a ticket removes its own element only`() {
        var wheel = DeadlineWheel<String>(slots: 8)
        let first = wheel.add("first", due: 1)
        wheel.remove(first)
        _ = wheel.add("second", due: 1)

        wheel.remove(first)

        #expect(wheel.advance(to: 1) == ["second"])
    }

    @Test(arguments: 0..<20)
    func `agrees with a sorted list`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var wheel = DeadlineWheel<Int>(slots: 16)
        var waiting: [Int: (due: UInt64, ticket: DeadlineWheel<Int>.Ticket)] = [:]
        var now: UInt64 = 0

        for element in 0..<500 {
            let due = now + .random(in: 0...60, using: &random)
            waiting[element] = (max(due, now + 1), wheel.add(element, due: due))
            if Bool.random(using: &random), let victim = waiting.keys.randomElement(using: &random) {
                waiting.removeValue(forKey: victim).map { wheel.remove($0.ticket) }
            }
            if Int.random(in: 0..<4, using: &random) == 0 { now += .random(in: 1...40, using: &random) }
            let expected = waiting.filter { $0.value.due <= now }.keys.sorted()
            expected.forEach { waiting[$0] = nil }

            #expect(wheel.advance(to: now).sorted() == expected)
            #expect(wheel.count == waiting.count)
        }
    }
}
