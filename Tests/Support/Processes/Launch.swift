import Foundation
import Synchronization

/// How a program is started, and the thread that follows it.
struct Launch: Sendable {
    let words: [String]
    let environment: [String: String]
    let input: Program.Input

    /// Beyond every descriptor that is open, or is opened while a program starts.
    private static var descriptorEnd: Int32 {
        let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { Int32($0) }.max()
        return (open ?? 1024) + 64
    }

    private static let spawning = Mutex(())

    /// Keeps apart the starting of a program and the making of a pipe, which is inheritable for a moment.
    static func exclusively<Value>(_ body: () throws -> Value) rethrows -> Value {
        try self.spawning.withLock { _ in try body() }
    }

    /// Starts the program, reports its number, records what it writes, and returns after its end.
    func run(into record: Watched<Program.Record>, started: (Result<Int32, any Error>) -> Void) {
        do {
            let input = try Pipe()
            let output = try Pipe()
            let errors = try Pipe()
            let processID = try self.spawn(input: input.readEnd, output: output.writeEnd, errors: errors.writeEnd)
            input.readEnd.close()
            output.writeEnd.close()
            errors.writeEnd.close()
            if case .text(let text) = self.input { input.writeEnd.write(text) }
            input.writeEnd.close()
            started(.success(processID))
            self.follow(processID, output.readEnd, errors.readEnd, record)
        } catch {
            started(.failure(error))
        }
    }

    /// Starts the program and does not care for it any more.
    func spawn(input: Descriptor, output: Descriptor, errors: Descriptor) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input.number, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output.number, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errors.number, STDERR_FILENO)
        // sockets of other tests, which are inheritable, must not stay open in a program
        for number in STDERR_FILENO + 1..<Self.descriptorEnd { posix_spawn_file_actions_addclose(&actions, number) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)  // an interrupt at the keyboard is for the tests alone
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
        let arguments = self.words.map { strdup($0) }
        let variables = self.environment.map { strdup("\($0.key)=\($0.value)") }
        defer { (arguments + variables).forEach { free($0) } }
        var processID: pid_t = 0
        let code = Self.exclusively {
            posix_spawnp(&processID, self.words[0], &actions, &attributes, arguments + [nil], variables + [nil])
        }
        guard code == 0 else {
            throw Program.LaunchError(description: "cannot start \(self.words[0]): \(String(cString: strerror(code)))")
        }
        return processID
    }

    /// The readers end at the end of the pipes, or when the program is over and what it wrote is read.
    private func follow(
        _ processID: Int32,
        _ output: Descriptor,
        _ errors: Descriptor,
        _ record: Watched<Program.Record>
    ) {
        let ended = Watched<Program.Exit?>(nil)
        let wake = try? Pipe()
        let waiter = Thread {
            let exit = Self.awaitExit(of: processID)
            ended.update { $0 = exit }
            wake?.writeEnd.close()
        }
        waiter.start()
        var outputReader = LineReader(output)
        var errorReader = LineReader(errors)
        while ended.state == nil {
            wait(for: [outputReader.openNumber, errorReader.openNumber, wake?.readEnd.number])
            let lines = (outputReader.read(), errorReader.read())
            record.update { $0.add(output: lines.0, errors: lines.1) }
        }
        let last = (outputReader.finish(), errorReader.finish())
        wake?.readEnd.close()
        record.update {
            $0.add(output: last.0, errors: last.1)
            $0.exit = ended.state
        }
    }

    private static func awaitExit(of processID: Int32) -> Program.Exit {
        var status: Int32 = 0
        while waitpid(processID, &status, 0) == -1, errno == EINTR {}
        let signal = status & 0x7f
        return signal == 0 ? .code((status >> 8) & 0xff) : .signal(signal)
    }

    private func wait(for descriptors: [Int32?]) {
        var polled = descriptors.compactMap { $0.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) } }
        poll(&polled, nfds_t(polled.count), -1)
    }
}
