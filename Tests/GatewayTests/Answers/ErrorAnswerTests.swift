import HTTPTypes
import RPC
import SwiftProtobuf
import Testing

@testable import hub_gateway

struct ErrorAnswerTests {
    @Test(
        arguments: [
            (.cancelled, 499), (.unknown, 500), (.invalidArgument, 400), (.deadlineExceeded, 504), (.notFound, 404),
            (.alreadyExists, 409), (.permissionDenied, 403), (.resourceExhausted, 429), (.failedPrecondition, 400),
            (.aborted, 409), (.outOfRange, 400), (.unimplemented, 501), (.internal, 500), (.unavailable, 503),
            (.dataLoss, 500), (.unauthenticated, 401),
        ] as [(Status.Code, Int)]
    )
    func `has the HTTP status of its code`(_ code: Status.Code, _ httpStatus: Int) {
        #expect(ErrorAnswer(Status(code, "")).httpStatus.code == httpStatus)
    }

    @Test func `asks the unauthenticated for a token`() {
        let answer = ErrorAnswer(Status(.unauthenticated, ""))

        #expect(answer.fields == [.wwwAuthenticate: #"Bearer realm="smart-ai-hub""#])
    }

    @Test(arguments: [(0, 0, "1"), (2, 0, "2"), (2, 1, "3"), (90, 0, "90")])
    func `says when to try again, in whole seconds`(_ seconds: Int64, _ nanos: Int32, _ text: String) {
        let retry = Google_Rpc_RetryInfo.with {
            $0.retryDelay.seconds = seconds
            $0.retryDelay.nanos = nanos
        }

        let answer = ErrorAnswer(Status(.resourceExhausted, "", reason: "RATE_LIMIT_EXCEEDED", details: [retry]))

        #expect(answer.fields == [.retryAfter: text])
    }

    @Test func `tells clients not to repeat a call that nobody can pay`() {
        let answer = ErrorAnswer(Status(.resourceExhausted, "", reason: "INSUFFICIENT_CREDITS"))

        #expect(answer.httpStatus == .tooManyRequests)
        #expect(answer.fields == [.known("X-Should-Retry"): "false"])
    }
}
