import Contract
import Foundation
import RPC
import Support
import SwiftProtobuf
import Testing

/// What operators see: the health of the hub, and one trace through gateway and daemon.
@Suite(.timeLimit(.minutes(3))) struct ObservationTests {
    @Test func `health follows the database and the end of the daemon`() async throws {
        let hub = try await RunningHub()
        let heard = Watched<[Grpc_Health_V1_HealthCheckResponse.ServingStatus]>([])
        let watching = Task {
            try await withClient(at: hub.rpc) { client in
                try await HealthClient(client).watch(.with { $0.service = CreditQueries.name }) { responses in
                    for try await response in responses { heard.update { $0.append(response.status) } }
                }
            }
        }
        func wait(for statuses: Grpc_Health_V1_HealthCheckResponse.ServingStatus...) async throws {
            try await heard.wait(within: .seconds(40), for: "\(statuses)") { $0 == statuses ? () : nil }
        }

        try await wait(for: .serving)
        try await hub.postgres.stop()
        try await wait(for: .serving, .notServing)
        let itself = try await withClient(at: hub.rpc) { client in
            try await HealthClient(client).check(.with { $0.service = Health.name })
        }
        let ready = try await Person(hub).get("/readyz")
        try await hub.postgres.launch()
        try await wait(for: .serving, .notServing, .serving)
        let readyAgain = try await Person(hub).get("/readyz")
        let ended = try await hub.stopDaemon()
        try await watching.value

        #expect(itself.status == .serving)
        #expect(ready.status == 503)
        #expect(ready.reason == "HUB_NOT_SERVING")
        #expect(readyAgain.status == 200)
        #expect(heard.state == [.serving, .notServing, .serving, .notServing])
        #expect(ended == .code(0))
    }

    @Test func `health at the command line`() async throws {
        let person = try Person(try await RunningHub.shared())

        let whole = try await person.run("health", "check", "--output", "json")
        let unknown = try await person.run("health", "check", "--service", "hub.None")

        #expect(whole.output == #"{"status":"SERVING"}"#)
        #expect(unknown.exit == .code(5), "\(unknown.errors)")
    }

    @Test func `a request is one trace, from HTTP through the gateway to the daemon`() async throws {
        let hub = try await RunningHub.shared()
        let person = try await Person.signedIn(hub)
        let id = "trace-\(UUID().uuidString.lowercased())"
        let trace = UUID().uuidString.replacing("-", with: "").lowercased()
        let parent = "00f067aa0ba902b7"

        let answer = try await person.send(
            .POST,
            "/api/chat",
            body: chat("[[standin: status=400]] hello"),
            headers: [("X-Request-Id", id), ("traceparent", "00-\(trace)-\(parent)-01")]
        )

        #expect(answer.status == 400)
        let atGateway = try await hub.gateway.line(holding: id)
        let atDaemon = try await hub.daemonLine(holding: id)
        let lines = [try Line(atGateway), try Line(atDaemon)]
        #expect(lines.map(\.traceID) == [trace, trace], "\(atGateway)\n\(atDaemon)")
        #expect(Set(lines.map(\.spanID) + [parent]).count == 3)
    }

    /// What a log line says of its trace.
    private struct Line: Decodable {
        let traceID: String
        let spanID: String

        enum CodingKeys: String, CodingKey {
            case traceID = "trace-id"
            case spanID = "span-id"
        }

        init(_ line: String) throws {
            self = try JSONDecoder().decode(Self.self, from: Data(line.utf8))
        }
    }
}
