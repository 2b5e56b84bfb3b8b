import Contract
import RPC
import Support
import Testing

/// The limits of the daemon's RPC server, as they are set from outside.
@Suite(.timeLimit(.minutes(3))) struct LimitTests {
    @Test func `the daemon refuses connections above its limit for an address, and serves those it has`() async throws {
        let hub = try await RunningHub.shared()
        let daemon = try await hub.anotherDaemon(settings: ["--rpc-max-connections-per-address", "2"])
        let hasty = CallOptions(timeout: .seconds(2))

        let refused = try await withClient(at: daemon.rpc) { first in
            _ = try await HealthClient(first).check(.init())
            return try await withClient(at: daemon.rpc) { second in
                _ = try await HealthClient(second).check(.init())
                let refused = await #expect(throws: Status.self) {
                    try await withClient(at: daemon.rpc) { try await HealthClient($0).check(.init(), hasty) }
                }
                _ = try await HealthClient(first).check(.init())
                _ = try await HealthClient(second).check(.init())
                return refused
            }
        }
        let after = try await withClient(at: daemon.rpc) { try await HealthClient($0).check(.init()) }
        daemon.program.terminate()

        #expect([.unavailable, .deadlineExceeded].contains(refused?.code))
        #expect(after.status == .serving)
        #expect(try await daemon.program.exit() == .code(0))
    }
}
