import AsyncHTTPClient
import Foundation
import NIOCore
import Support
import Testing

/// The built stand-in. Requests are told apart by their ids, so all tests can share one.
struct RunningStandin: Sendable {
    /// What a provider would have billed.
    struct Bill: Decodable, Equatable {
        var requests = 0
        var refused = 0
        var cancelled = 0
        var open = 0
        var promptTokens = 0
        var completionTokens = 0

        enum CodingKeys: String, CodingKey {
            case requests, refused, cancelled, open
            case promptTokens = "prompt_tokens"
            case completionTokens = "completion_tokens"
        }
    }

    static let key = "key-of-the-tests"
    private static let greeting = "standin listening on "

    let program: Program
    let url: String

    /// Started by the first test that needs it; ends with the test's process.
    private static let start = Task { try await RunningStandin() }

    static var shared: RunningStandin {
        get async throws { try await self.start.value }
    }

    /// Starts one on a free port.
    init() async throws {
        self.program = try await Program(
            Program.built("standin"),
            ["--port", "0"],
            environment: ["STANDIN_API_KEY": Self.key]
        )
        let greeting = try await self.program.line(holding: Self.greeting)
        self.url = String(greeting.dropFirst(Self.greeting.count))
    }

    /// The bill of a request, once it is not being answered any more.
    func bill(for requestID: String) async throws -> Bill {
        try await self.report("\(requestID)?settled")
    }

    /// Waits until a request is being answered.
    func opened(_ requestID: String) async throws {
        try await eventually("the request to be open") {
            try await self.report(requestID).open == 1
        }
    }

    /// The bill of a request that cannot go on because nobody reads the answer.
    func restingBill(for requestID: String) async throws -> Bill {
        var bill = Bill()
        var sightings = 0
        while sightings < 100 {
            let next = try await self.report(requestID)
            sightings = next == bill ? sightings + 1 : 0
            bill = next
        }
        return bill
    }

    private func report(_ path: String) async throws -> Bill {
        let response = try await HTTPClient.shared.get(url: "\(self.url)/standin/work/\(path)").get()
        let body = try #require(response.body)
        return try JSONDecoder().decode(Bill.self, from: Data(body.readableBytesView))
    }
}
