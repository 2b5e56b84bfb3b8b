import Testing

@testable import Providers

@Suite(.timeLimit(.minutes(1))) struct WatchdogTests {
    @Test func `cancels a wait that is too long`() async {
        let result = await Result {
            try await Watchdog.guarding(every: .milliseconds(1)) { watchdog in
                try await watchdog.wait(atMost: .milliseconds(5)) { try await forever() }
            }
        }

        #expect(throws: Watchdog.TimedOut.self) { try result.get() }
    }

    @Test func `fails every wait after one that was too long`() async throws {
        let second = try await Watchdog.guarding(every: .milliseconds(1)) { watchdog in
            try? await watchdog.wait(atMost: .milliseconds(5)) { try await forever() }
            return await Result { try await watchdog.wait(atMost: .seconds(60)) { 1 } }
        }

        #expect(throws: Watchdog.TimedOut.self) { try second.get() }
    }

    @Test func `lets the work take its time between its waits`() async throws {
        let value = try await Watchdog.guarding(every: .milliseconds(1)) { watchdog in
            let first = try await watchdog.wait(atMost: .milliseconds(5)) { 1 }
            await pass(.milliseconds(20))
            return first + (try await watchdog.wait(atMost: .milliseconds(5)) { 1 })
        }

        #expect(value == 2)
    }

    @Test func `passes on what the work throws`() async {
        struct Refused: Error {}

        await #expect(throws: Refused.self) {
            try await Watchdog.guarding(every: .seconds(60)) { watchdog in
                try await watchdog.wait(atMost: .seconds(60)) { throw Refused() }
            }
        }
    }

    @Test func `ends when the task is cancelled`() async {
        let (started, start) = AsyncStream<Void>.makeStream()
        let task = Task {
            try await Watchdog.guarding(every: .seconds(60)) { watchdog in
                start.yield()
                try await watchdog.wait(atMost: .seconds(60)) { try await forever() }
            }
        }
        await started.first { _ in true }

        task.cancel()

        await #expect(throws: CancellationError.self) { try await task.value }
    }
}

/// Waits until it is cancelled.
private func forever() async throws {
    let (signal, continuation) = AsyncStream<Never>.makeStream()
    for await _ in signal {}
    continuation.finish()
    throw CancellationError()
}

/// Lets real time pass.
private func pass(_ duration: Duration) async {
    let end = ContinuousClock.now + duration
    while ContinuousClock.now < end { await Task.yield() }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
