import Testing

@testable import RPC

struct StreamMapTests {
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `holds what a dictionary holds`(seed: UInt64) {
        var randomness = SeededGenerator(seed: seed)
        var map = StreamMap<Int>()
        var model: [UInt32: Int] = [:]
        for step in 0..<5_000 {
            let stream = UInt32.random(in: 1...200, using: &randomness)
            switch Int.random(in: 0..<4, using: &randomness) {
            case 0, 1:
                map[stream] = step
                model[stream] = step
            case 2:
                let removed = map.removeValue(for: stream)
                #expect(removed == model.removeValue(forKey: stream))
            default:
                #expect(map[stream] == model[stream])
            }
            #expect(map.count == model.count)
        }
        #expect(map.values.sorted() == model.values.sorted())
        for stream in model.keys { map[stream] = nil }
        #expect(map.isEmpty && map.values.isEmpty)
    }

    @Test func `holds the lowest and the highest stream, and no stream 0`() {
        var map = StreamMap<String>()

        map[1] = "low"
        map[.max] = "high"

        #expect(map[1] == "low" && map[.max] == "high" && map[0] == nil)
        map.removeAll()
        #expect(map[1] == nil && map.isEmpty)
    }
}
