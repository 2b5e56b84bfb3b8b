import HTTPTypes
import RPC
import Testing

@testable import hub_gateway

@Suite(.timeLimit(.minutes(1)))
struct TextTests {
    private static let path = "/api/admin/credits/report.csv?groupBy=REPORT_KEY_DAY"

    @Test(arguments: [nil, "text/csv", "text/*;q=0.5"])
    func `the pieces are the whole answer`(_ accept: String?) async throws {
        try await GatewayUnderTest.serve { gateway in
            try await HTTPConnection.open(to: gateway.port) { http in
                let headers: HTTPFields = accept.map { [.accept: $0] } ?? [:]
                let answer = try await http.ask(.get, Self.path + "&service=one+two", headers)
                let next = try await http.ask(.get, "/healthz")

                #expect(answer.head.status == .ok)
                #expect(answer.head.headerFields[.contentType] == "text/csv")
                #expect(answer.body == "one\r\ntwo\r\n")
                #expect(next.head.status == .ok)
            }
        }
    }

    @Test func `a failure before the first piece is an error answer`() async throws {
        try await GatewayUnderTest.serve { gateway in
            try await HTTPConnection.open(to: gateway.port) { http in
                let answer = try await http.ask(.get, Self.path + "&model=breaks")

                #expect(answer.head.status == .serviceUnavailable)
                #expect(try ErrorBody(answer.body).reason == "DATABASE_UNAVAILABLE")
            }
        }
    }

    @Test func `a failure after the first piece breaks the connection`() async throws {
        try await GatewayUnderTest.serve { gateway in
            try await HTTPConnection.open(to: gateway.port) { http in
                try await http.send(.get, Self.path + "&service=one&model=breaks")
                let head = try await http.head()

                #expect(head.status == .ok)
                await #expect(throws: (any Error).self) {
                    while try await http.piece() != nil {}
                }
            }
        }
    }

    @Test func `another form is not to be had`() async throws {
        try await GatewayUnderTest.serve { gateway in
            try await HTTPConnection.open(to: gateway.port) { http in
                let answer = try await http.ask(.get, Self.path, [.accept: "application/json"])

                #expect(answer.head.status == .notAcceptable)
            }
        }
    }

    @Test func `the report is not taken for a user of that name, and repeated keys come through`() async throws {
        try await GatewayUnderTest.serve { gateway in
            try await HTTPConnection.open(to: gateway.port) { http in
                let keys = "groupBy=REPORT_KEY_USER&group_by=REPORT_KEY_DAY"
                let answer = try await http.ask(.get, "/api/admin/credits/report?\(keys)")

                #expect(answer.body == #"{"nextPageToken":"user day"}"#)
            }
        }
    }
}
