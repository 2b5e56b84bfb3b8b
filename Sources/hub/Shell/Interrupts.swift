import Dispatch
import Glibc
import Synchronization

/// What Ctrl-C does. It ends the program, unless something runs that wants to end in its own way; the next Ctrl-C then
/// ends the program at once.
final class Interrupts: Sendable {
    private let action = Mutex<(@Sendable () -> Void)?>(nil)

    /// Hears Ctrl-C as long as `body` runs.
    func listening<Value>(_ body: () async -> Value) async -> Value {
        let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler { @Sendable in self.interrupt() }
        await withCheckedContinuation { continuation in
            source.setRegistrationHandler { @Sendable in continuation.resume() }
            source.resume()
        }
        defer { source.cancel() }
        return await body()
    }

    /// Does what Ctrl-C does.
    func interrupt() {
        let action = self.action.withLock { action in
            defer { action = nil }
            return action
        }
        guard let action else { _exit(ExitStatus.cancelled.rawValue) }
        action()
    }

    /// Runs `body`; Ctrl-C calls `action` instead of ending the program.
    func during<Value>(_ body: () throws -> Value, action: @escaping @Sendable () -> Void) rethrows -> Value {
        self.action.withLock { $0 = action }
        defer { self.action.withLock { $0 = nil } }
        return try body()
    }

    /// Runs `body`, which Ctrl-C cancels.
    ///
    /// - Throws: `CancellationError` after a Ctrl-C, else what `body` throws.
    func cancelling(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let (stop, stopped) = AsyncStream.makeStream(of: Never.self)
        self.action.withLock { $0 = { stopped.finish() } }
        defer { self.action.withLock { $0 = nil } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await body() }
            group.addTask {
                for await _ in stop {}
                throw CancellationError()
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
