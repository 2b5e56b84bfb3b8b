import Contract
import Credits
import Foundation
import Inference
import Postgres
import RPC
import Support
import Testing

/// Who pays when the caller leaves, and when time runs out.
@Suite struct ChatLeavingTests {
    @Test func `who leaves before the provider is called pays nothing`() async throws {
        let model = ScriptedModel()
        try await withChat(model) { hub in
            let gate = Gate()
            let holder = Task {
                try await hub.database.write { transaction in
                    try transaction.run(
                        "SELECT pg_advisory_xact_lock(1817403237, lane) FROM generate_series(0, 63) lane"
                    )
                    gate.pass()
                }
            }
            try await gate.isReached()
            let asking = Task { try await hub.ask(hub.request("abc")) }
            try await eventually("a chat that waits for its hold") {
                try await hub.database.first(lockWaiters) { try $0.int(0) } != nil
            }

            asking.cancel()
            try await hub.cancellations.wait { $0 == 1 ? () : nil }
            gate.open()
            try await holder.value

            try await eventually { try await hub.record() == ["3", "0", "0", "CANCELLED"] }
            #expect(model.prompts.isEmpty)
            #expect(try await hub.balance() == [1_000_000, 0])
        }
    }

    @Test func `who leaves a provider that has refused pays nothing`() async throws {
        let refusal = ChatModelFailure(.refused(status: 429), "slow down")
        let model = ScriptedModel([], .failureWhenCancelled(refusal))
        try await withChat(model) { hub in
            let asking = Task { try await hub.ask(hub.request("abc")) }
            var answers = model.answers.makeAsyncIterator()
            await answers.next()

            asking.cancel()

            try await eventually { try await hub.record().first != "0" }
            #expect(try await hub.record() == ["3", "0", "0", "PROVIDER_UNAVAILABLE"])
            #expect(try await hub.balance() == [1_000_000, 0])
        }
    }

    @Test func `an answer that outlives its hold keeps it alive`() async throws {
        let model = ScriptedModel(["0123456789"], .never)
        try await withChat(model, holdLifetime: 2, answerLimit: .seconds(600)) { hub in
            let asking = Task { try await hub.ask(hub.request("abc")) }
            try await eventually("the fourth extension, when the hold would be over without") {
                try await hub.database.first("SELECT count(*) FROM entry WHERE kind = 7") { try $0.int(0) } == 4
            }

            asking.cancel()

            try await eventually { try await hub.record().first != "0" }
            #expect(try await hub.record() == ["2", "16", "2", "CANCELLED"])
            #expect(try await hub.balance() == [1_000_000 - 16, 0])
        }
    }

    @Test func `an answer whose hold is gone is ended`() async throws {
        let model = ScriptedModel(["0123456789"], .never)
        try await withChat(model, holdLifetime: 2, answerLimit: .seconds(600)) { hub in
            let asking = Task { try await hub.ask(hub.request("abc")) }
            var answers = model.answers.makeAsyncIterator()
            await answers.next()
            let hold = try #require(
                try await hub.database.first("SELECT id FROM entry WHERE kind = 6") { try $0.uuid(0) }
            )

            try await hub.credits.release(hold)

            await #expect(throws: Status.self) { try await asking.value }
            #expect(model.cancelled == 1)
            #expect(try await hub.balance() == [1_000_000, 0])
        }
    }

    @Test func `an answer that falls silent is ended at its limit and charged`() async throws {
        let model = ScriptedModel(["0123456789"], .never)
        try await withChat(model, answerLimit: .seconds(2)) { hub in
            var options = CallOptions(as: hub.user)
            options.timeout = .seconds(10)

            let error = try await #require(throws: Status.self) {
                try await hub.chat.chat(hub.request("abc"), options) { responses in
                    for try await _ in responses {}
                }
            }

            #expect(error.errorInfo?.reason == "PROVIDER_UNAVAILABLE")
            #expect(error.errorInfo?.metadata["credits_charged"] == "0.000016")
            #expect(model.cancelled == 1)
            #expect(try await hub.record() == ["2", "16", "2", "PROVIDER_UNAVAILABLE"])
            #expect(try await hub.balance() == [1_000_000 - 16, 0])
        }
    }
}

/// Other tests wait for locks in databases of the same server.
private let lockWaiters: Statement = """
    SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
    """
