import Testing

@testable import hub

struct InputTests {
    @Test func `a line is read without what follows it`() throws {
        let input = try Scratch("first\n\nlast")

        #expect(try (1...4).map { _ in try input.input.line() } == ["first", "", "last", nil])
    }

    @Test func `a line has a limit`() throws {
        let longest = String(repeating: "a", count: Input.lineLimit)
        let fitting = try Scratch(longest + "\n")
        let tooLong = try Scratch(longest + "a\n")

        #expect(try fitting.input.line() == longest)
        #expect(throws: Failure.self) { try tooLong.input.line() }
    }

    @Test func `the whole input has a limit`() throws {
        let largest = String(repeating: "a", count: Input.limit)
        let fitting = try Scratch(largest)
        let tooLarge = try Scratch(largest + "a")

        #expect(try fitting.input.all().count == Input.limit)
        #expect(throws: Failure.self) { try tooLarge.input.all() }
    }

    @Test func `bytes that are no text are refused`() {
        #expect(throws: Failure.self) { try text([0xFF, 0xFE]) }
    }
}
