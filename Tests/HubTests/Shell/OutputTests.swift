import Glibc
import Testing

@testable import hub

struct OutputTests {
    @Test func `a reader that went away is an error of its own`() throws {
        let output = try BrokenConduit()

        #expect(throws: BrokenPipe.self) { try output.output.write("Hello") }
    }

    @Test func `a pipe that is full is waited for`() async throws {
        let pipe = try Conduit()
        let text = String(repeating: "a", count: 1 << 20)
        try #require(fcntl(pipe.descriptor, F_SETFL, O_NONBLOCK) == 0)

        async let writing: Void = aside { try pipe.output.write(text) }
        try await pipe.drain(1 << 20)

        try await writing
    }

    @Test func `text of others is left alone where no terminal reads it`() throws {
        let output = try Scratch()

        try output.output.writeForeign("\u{1B}[2J")

        #expect(try output.text() == "\u{1B}[2J")
    }
}
