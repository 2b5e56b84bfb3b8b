import Foundation
import Testing

@testable import hub_gateway

struct HTTPDateTests {
    @Test func `writes a date as HTTP wants it`() {
        #expect(HTTPDate.format(Date(timeIntervalSince1970: 784_111_777)) == "Sun, 06 Nov 1994 08:49:37 GMT")
    }
}
