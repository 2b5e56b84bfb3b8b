import NIOCore
import Testing

@testable import Redis

struct CommandTests {
    @Test func `words of any bytes are sent with their lengths`() throws {
        let command = try Command([Array("SET".utf8), [], [0, 13, 10, 255]], byteLimit: 100)

        #expect(
            Array(command.bytes.readableBytesView)
                == Array("*3\r\n$3\r\nSET\r\n$0\r\n\r\n$4\r\n".utf8) + [0, 13, 10, 255] + Array("\r\n".utf8)
        )
    }

    @Test(arguments: [
        [], [""], ["subscribe", "x"], ["SELECT", "1"], ["Multi"], ["HELLO", "3"], ["BLPOP", "x", "0"],
    ])
    func `what would disturb other callers is refused`(words: [String]) {
        let caught = #expect(throws: RedisError.self) {
            try Command(words.map { Array($0.utf8) }, byteLimit: 100)
        }

        #expect(caught?.kind == .invalidCommand)
    }

    @Test func `a command larger than the bound is refused`() {
        #expect(throws: RedisError(.invalidCommand, "the command has 104 bytes, more than 100")) {
            try Command([Array("ECHO".utf8), Array(repeating: 0, count: 100)], byteLimit: 100)
        }
    }
}
