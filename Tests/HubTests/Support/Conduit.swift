import Glibc
import Testing

@testable import hub

/// A pipe that the program writes to.
final class Conduit: Stream {
    let descriptor: Int32
    /// The test's end.
    let reader: Int32

    init() throws {
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        (self.reader, self.descriptor) = (ends[0], ends[1])
    }

    deinit {
        close(self.descriptor)
        close(self.reader)
    }

    /// Reads until so many bytes have come.
    func drain(_ count: Int) async throws {
        let reader = self.reader
        try await aside {
            var bytes = [UInt8](repeating: 0, count: 4096)
            var rest = count
            while rest > 0 {
                let count = read(reader, &bytes, bytes.count)
                try #require(count > 0)
                rest -= count
            }
        }
    }
}

/// A pipe that nobody reads any more.
final class BrokenConduit: Stream {
    let descriptor: Int32

    init() throws {
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        close(ends[0])
        self.descriptor = ends[1]
    }

    deinit {
        close(self.descriptor)
    }
}
