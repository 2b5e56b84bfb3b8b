import Foundation
import NIOHTTP1
import Testing

@testable import Providers

@Suite struct RetryAfterTests {
    private static let now = Date(timeIntervalSince1970: 784_111_777)  // Sun, 06 Nov 1994 08:49:37 GMT

    @Test(
        arguments: [
            ("1", 1),
            ("120", 120),
            ("0", 0),
            ("0.5", 0.5),
            ("Sun, 06 Nov 1994 08:50:37 GMT", 60),
            ("Sun, 06 Nov 1994 08:48:37 GMT", nil),
            ("-1", nil),
            ("nan", nil),
            ("1e300", nil),
            ("soon", nil),
            ("", nil),
        ] as [(String, Double?)]
    )
    func `reads seconds and dates`(value: String, seconds: Double?) {
        let headers: HTTPHeaders = ["Retry-After": value]

        #expect(headers.retryAfter(now: Self.now) == seconds.map { .seconds($0) })
    }

    @Test func `prefers milliseconds`() {
        let headers: HTTPHeaders = ["Retry-After": "2", "retry-after-ms": "1500"]

        #expect(headers.retryAfter() == .milliseconds(1500))
    }

    @Test func `is nothing without a header`() {
        #expect(HTTPHeaders().retryAfter() == nil)
    }
}
