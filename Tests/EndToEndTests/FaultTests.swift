import AsyncHTTPClient
import Contract
import Foundation
import NIOCore
import NIOHTTP1
import Postgres
import RPC
import Support
import Testing

/// Parts of the hub die or go away while it works. Each test has a hub of its own.
@Suite(.serialized) struct FaultTests {
    @Test func `L-07 lost on crash: kill -9 of the daemon in the middle of an answer loses and doubles no credit`()
        async throws
    {
        let hub = try await RunningHub(isDurable: true, settings: ["--inference-hold-seconds", "4"])
        let person = try await Person.signedIn(hub)
        let request = chat("[[standin: repeat=forever delay=20ms]] hello", requestID: "r1")

        let streamed = try await person.streaming(request) {
            let held = try await person.get("/api/credits/balance").object
            #expect(held["balance"] as? String == "1")
            #expect(held["held"] as? String != "0")
            try await hub.killDaemon()
        }
        try await hub.startDaemon()

        #expect(streamed.contains("hello"))
        #expect(!streamed.contains(#""@end":{"code":0}"#))
        try await eventually("the end of the hold") {
            try await person.get("/api/credits/balance").object["held"] as? String == "0"
        }
        #expect(try await person.get("/api/credits/balance").object["balance"] as? String == "1")
        let again = try await person.post("/api/chat", request)
        #expect(again.status == 409)
        try await hub.withDatabase { database in
            let ends = try await database.rows("SELECT kind FROM entry WHERE step = 0") { row in try row.int(0) }
            #expect(ends == [9])
        }
        try await hub.checkLedger()
        let after = try await person.post("/api/chat", chat("one two"))
        #expect(after.status == 200)
        try await hub.checkLedger()
    }

    @Test func `a caller who hangs up stops the provider and pays for what came`() async throws {
        let hub = try await RunningHub.shared()
        let person = try await Person.signedIn(hub)

        _ = try await person.streaming(chat("[[standin: repeat=forever delay=5ms]] hello", requestID: "r1")) {}

        try await eventually("the settlement") {
            let balance = try await person.get("/api/credits/balance").object
            return balance["held"] as? String == "0" && balance["balance"] as? String != "1"
        }
        try await hub.checkLedger()
    }

    @Test func `Postgres restarted and Redis stopped under load give clean errors, and the sums are right`()
        async throws
    {
        let hub = try await RunningHub(isDurable: true)
        let person = try await Person.signedIn(hub, owning: "100")
        let load = Watched(Load())
        let working = Task {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<8 { group.addTask { try await person.keepChatting("w\(worker)", load) } }
                try await group.waitForAll()
            }
        }
        func moreAnswers() async throws {
            let before = load.state.served
            try await load.wait(within: .seconds(60), for: "20 more answers") { $0.served >= before + 20 ? () : nil }
        }

        try await moreAnswers()
        try await hub.postgres.restart()
        try await moreAnswers()
        try await hub.redis.stop()
        try await moreAnswers()
        try await hub.redis.launch()
        try await hub.postgres.restart()
        try await moreAnswers()
        load.update { $0.isOver = true }
        try await working.value

        // Requests are answered or refused with a clean status; nothing hangs and nothing is unknown.
        let seen = load.state.statuses
        #expect(Set(seen.keys).isSubset(of: [200, 429, 503]), "\(seen)")
        #expect(load.state.unclear == [])
        try await hub.checkLedger()
        try await hub.withDatabase { database in
            let sums = try await database.first(
                """
                SELECT coalesce(sum(charged), 0)::bigint,
                    (SELECT coalesce(-sum(amount), 0)::bigint FROM entry WHERE kind = 2) FROM chat_call
                """
            ) { row in (try row.int(0), try row.int(1)) }
            #expect(sums?.0 == sums?.1)
        }
    }

    @Test func `a daemon that is told to stop finishes the running answer`() async throws {
        let hub = try await RunningHub(isDurable: false)
        let person = try await Person.signedIn(hub)
        var ending: Task<Program.Exit, any Error>?

        let streamed = try await person.streaming(
            chat("[[standin: repeat=20 delay=20ms]] hello", requestID: "r1"),
            toTheEnd: true
        ) {
            ending = Task { try await hub.stopDaemon() }
        }

        #expect(streamed.contains(#""@end":{"code":0}"#))
        #expect(try await ending?.value == .code(0))
        try await hub.checkLedger()
    }
}

/// What several people who chat at once have met.
private struct Load: Sendable {
    var statuses: [Int: Int] = [:]
    /// Answers that are neither a chat nor a status.
    var unclear: [String] = []
    var isOver = false

    var served: Int { self.statuses[200] ?? 0 }
}

extension Person {
    /// Chats again and again until the load is over.
    fileprivate func keepChatting(_ name: String, _ load: Watched<Load>) async throws {
        var number = 0
        while !load.state.isOver {
            number += 1
            let answer = try await self.post("/api/chat", chat("one two three", requestID: "\(name)-\(number)"))
            load.update {
                $0.statuses[answer.status, default: 0] += 1
                if answer.status != 200, answer.object["code"] == nil { $0.unclear.append(answer.text) }
            }
        }
    }

    /// Asks over HTTP and reads until the first text has come; then runs `body`, and hangs up or reads to the end.
    ///
    /// - Returns: What was read.
    fileprivate func streaming(
        _ chat: String,
        toTheEnd: Bool = false,
        _ body: () async throws -> Void
    ) async throws -> String {
        var request = HTTPClientRequest(url: self.hub.http + "/api/chat")
        request.method = .POST
        request.headers.add(name: "Authorization", value: "Bearer \(self.tokens.accessToken)")
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(string: chat))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        var text = ""
        var hasRun = false
        do {
            for try await part in response.body {
                text += String(buffer: part)
                guard !hasRun, text.contains("hello") else { continue }
                hasRun = true
                try await body()
                if !toTheEnd { break }
            }
        } catch let error as HTTPClientError {
            // The other side is gone in the middle of the answer, which some tests bring about.
            text += "\n(\(error))"
        }
        #expect(hasRun, "\(response.status): \(text)")
        return text
    }
}
