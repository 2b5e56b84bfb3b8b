import Glibc
import Testing

@testable import hub

/// A terminal with a test in place of the person.
final class PseudoTerminal: Stream {
    /// What the person sees and types.
    let person: Int32
    let descriptor: Int32

    init() throws {
        var (person, program): (Int32, Int32) = (-1, -1)
        try #require(openpty(&person, &program, nil, nil, nil) == 0)
        (self.person, self.descriptor) = (person, program)
    }

    deinit {
        close(self.person)
        close(self.descriptor)
    }

    /// Whether the terminal shows what is typed.
    var echoes: Bool {
        var settings = termios()
        return tcgetattr(self.descriptor, &settings) == 0 && settings.c_lflag & tcflag_t(ECHO) != 0
    }

    /// Types a line.
    func type(_ line: String) throws {
        try Output(descriptor: self.person).write(line + "\n")
    }

    /// What is on the screen once `text` has appeared. Waits for it on a thread of its own.
    func screen(until text: String) async throws -> String {
        try await aside {
            var seen = ""
            var byte: UInt8 = 0
            while !seen.hasSuffix(text) {
                try #require(read(self.person, &byte, 1) == 1)
                seen.append(Character(UnicodeScalar(byte)))
            }
            return seen
        }
    }
}
