import RPC
import Testing

@testable import hub

struct ExitStatusTests {
    @Test(
        arguments: [
            (Status.Code.ok, Int32(0)), (.internal, 1), (.unknown, 1), (.unimplemented, 1), (.dataLoss, 1),
            (.unauthenticated, 3), (.permissionDenied, 4), (.notFound, 5), (.resourceExhausted, 6), (.unavailable, 7),
            (.deadlineExceeded, 7), (.invalidArgument, 8), (.failedPrecondition, 8), (.alreadyExists, 8),
            (.aborted, 8), (.outOfRange, 8), (.cancelled, 130),
        ]
    )
    func `each status of a call has its exit status`(code: Status.Code, number: Int32) {
        #expect(ExitStatus(code).rawValue == number)
    }

    @Test func `the help lists every exit status`() async throws {
        let help = try await Desk().run("--help")

        for status in ExitStatus.allCases { #expect(help.output.contains(status.meaning)) }
        #expect(help.status == .success)
    }

    @Test func `a wrong command line ends with 2 and says how it is right`() async throws {
        let outcome = try await Desk().run("balance", "--colour")

        #expect(outcome.status == .usage)
        #expect(outcome.errors.contains("Unknown option '--colour'"))
        #expect(outcome.errors.contains("Usage: hub balance"))
    }
}
