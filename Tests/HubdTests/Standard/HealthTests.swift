import Contract
import Postgres
import RPC
import Support
import SwiftProtobuf
import Testing

@testable import hubd

@Suite struct HealthTests {
    private let board = HealthBoard(services: ["a", "b"], withoutDatabase: ["b"], limit: 2)

    @Test func `a service is well until its database is away`() {
        #expect(self.board.status(of: "a") == .serving)

        #expect(self.board.setDatabase(isAway: true))

        #expect(self.board.status(of: "a") == .notServing)
        #expect(self.board.status(of: HealthBoard.whole) == .notServing)
        #expect(self.board.status(of: "b") == .serving)
        #expect(self.board.status(of: "c") == nil)
    }

    @Test func `what is known already is no news`() {
        #expect(!self.board.setDatabase(isAway: false))
        #expect(self.board.setDatabase(isAway: true))
        #expect(!self.board.setDatabase(isAway: true))
        #expect(self.board.setDatabase(isAway: false))
    }

    @Test func `nothing is served any more while the program stops`() {
        self.board.drain()

        #expect(self.board.status(of: "b") == .notServing)
    }

    @Test func `a check says how a service is`() async throws {
        try await withServer([Health.definition(of: HealthAnswers(board: self.board))]) { client in
            let health = HealthClient(client)

            let whole = try await health.check(.init())
            let part = try await health.check(.with { $0.service = "a" })

            #expect(whole.status == .serving)
            #expect(part.status == .serving)
            await #expect(throws: Status.self) { try await health.check(.with { $0.service = "c" }) }
        }
    }

    @Test func `a watcher hears the status at once, each change once, and the end`() async throws {
        try await withServer([Health.definition(of: HealthAnswers(board: self.board))]) { client in
            let heard = try await HealthClient(client).watch(.with { $0.service = "a" }) { responses in
                var heard: [HealthBoard.ServingStatus] = []
                for try await response in responses {
                    heard.append(response.status)
                    switch heard.count {
                    case 1:
                        _ = self.board.setDatabase(isAway: true)
                        _ = self.board.setDatabase(isAway: true)
                    case 2: _ = self.board.setDatabase(isAway: false)
                    case 3: self.board.drain()
                    default: break
                    }
                }
                return heard
            }

            #expect(heard == [.serving, .notServing, .serving, .notServing])
        }
    }

    @Test func `who watches a service that does not exist hears that and waits`() async throws {
        try await withServer([Health.definition(of: HealthAnswers(board: self.board))]) { client in
            let first = try await HealthClient(client).watch(.with { $0.service = "c" }) { responses in
                try await responses.first { _ in true }
            }

            #expect(first?.status == .serviceUnknown)
        }
    }

    @Test func `there is room for so many watchers, and for another when one has left`() async throws {
        try await withServer([Health.definition(of: HealthAnswers(board: self.board))]) { client in
            let health = HealthClient(client)
            try await health.watch(.init()) { first in
                _ = try await first.first { _ in true }
                try await health.watch(.init()) { second in
                    _ = try await second.first { _ in true }

                    await #expect(throws: Status.self) {
                        try await health.watch(.init()) { third in try await third.first { _ in true } }
                    }
                }
            }

            try await eventually("all watchers to be forgotten") { self.board.watcherCount == 0 }
            let again = try await health.watch(.init()) { try await $0.first { _ in true } }
            #expect(again?.status == .serving)
        }
    }

    @Test func `a slow watcher hears the newest`() async throws {
        let changes = try #require(self.board.watch("a"))
        for _ in 0..<10 {
            _ = self.board.setDatabase(isAway: true)
            _ = self.board.setDatabase(isAway: false)
        }
        self.board.drain()

        var heard: [HealthBoard.ServingStatus] = []
        for await status in changes { heard.append(status) }

        #expect(heard == [.notServing])
    }
}
