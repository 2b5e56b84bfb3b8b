import RPC
import SwiftProtobuf
import Testing

@testable import hub

struct FailureTests {
    @Test func `an invalid request names its field`() {
        let violation = Google_Rpc_BadRequest.FieldViolation.with {
            $0.field = "amount"
            $0.description_p = "must be above 0"
        }
        let details = Google_Rpc_BadRequest.with { $0.fieldViolations = [violation] }
        let status = Status(.invalidArgument, "The request is invalid.", reason: "INVALID_FIELD", details: [details])

        let failure = Failure(self.call(status))

        #expect(failure.status == .invalid)
        #expect(
            failure.lines == [
                "Error: The request is invalid. (INVALID_ARGUMENT, INVALID_FIELD)",
                "  amount: must be above 0",
                "Request id: r1",
            ]
        )
    }

    @Test func `nothing is said twice`() {
        let violation = Google_Rpc_BadRequest.FieldViolation.with {
            $0.field = "user_id"
            $0.description_p = "is not a UUID"
        }
        let details = Google_Rpc_BadRequest.with { $0.fieldViolations = [violation] }
        let status = Status(.notFound, "user_id is not a UUID", reason: "NOT_FOUND", details: [details])

        #expect(Failure(self.call(status)).lines == ["Error: user_id is not a UUID (NOT_FOUND)", "Request id: r1"])
    }

    @Test(
        arguments: [
            (Status(.unauthenticated, ""), "Run `hub login`."),
            (Status(.resourceExhausted, "", reason: "INSUFFICIENT_CREDITS"), "Run `hub balance` to see what is left."),
            (Status(.unavailable, ""), "Is a hub listening on 127.0.0.1:7700? `--server` names another address."),
        ]
    )
    func `an error says what to do`(status: Status, advice: String) {
        #expect(Failure(self.call(status)).lines.contains(advice))
    }

    @Test(arguments: [(2, 1), (3, 0)])
    func `a server's wish to wait is told in whole seconds`(seconds: Int64, nanos: Int32) {
        let wait = Google_Rpc_RetryInfo.with { $0.retryDelay = .init(seconds: seconds, nanos: nanos) }
        let status = Status(.resourceExhausted, "Too many calls.", reason: "RATE_LIMIT_EXCEEDED", details: [wait])

        #expect(Failure(self.call(status)).lines.contains("Try again in 3 s."))
    }

    @Test func `a wrong password is not answered with the advice to sign in`() {
        let status = Status(.unauthenticated, "No.", reason: "INVALID_CREDENTIALS")

        #expect(!Failure(self.call(status)).lines.contains("Run `hub login`."))
    }

    @Test func `a server's text cannot steer the terminal`() async throws {
        let terminal = try PseudoTerminal()
        let desk = Desk()
        let shell = desk.shell(input: terminal, output: terminal, errors: terminal)

        _ = Failure(self.call(Status(.internal, "\u{1B}[2J"))).report(to: shell)

        #expect(!(try await terminal.screen(until: "r1\r\n").contains("\u{1B}")))
    }

    private func call(_ status: Status) -> FailedCall {
        FailedCall(status: status, requestID: "r1", server: .standard)
    }
}
