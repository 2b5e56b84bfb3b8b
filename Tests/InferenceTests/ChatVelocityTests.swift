import Contract
import Credits
import Foundation
import Kernel
import RPC
import Support
import Testing

@Suite struct ChatVelocityTests {
    @Test func `chats above the limit are refused before the provider is called, and not for ever`() async throws {
        var limits = VelocityLimits()
        (limits.spendAccount, limits.spendAddress) = (2, 0)
        let model = ScriptedModel(["Hello"], .usage(5, 4))
        try await withChat(model, velocity: limits) { hub in
            for _ in 0..<2 { _ = try await hub.ask(hub.request()) }

            for _ in 0..<2 {
                let error = await #expect(throws: Status.self) { try await hub.ask(hub.request(requestID: "late")) }
                // The same id again: it was not taken.
                #expect(error?.errorInfo?.reason == "VELOCITY_LIMIT")
            }

            #expect(model.prompts.count == 2)
            #expect(try await hub.balance() == [1_000_000 - 2 * 13, 0])
        }
    }
}
