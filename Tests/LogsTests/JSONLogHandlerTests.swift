import Foundation
import Logging
import Testing

@testable import Logs

struct JSONLogHandlerTests {
    @Test func `writes one line of JSON`() throws {
        var handler = JSONLogHandler(label: "test", logLevel: .info)
        handler[metadataKey: "node"] = "a"
        let event = LogEvent(
            level: .warning,
            message: "two\nlines",
            metadata: ["path": "/api"],
            source: "test",
            file: #fileID,
            function: #function,
            line: #line
        )

        let line = try #require(handler.line(event, at: Date(timeIntervalSince1970: 1)))

        #expect(
            String(decoding: line, as: UTF8.self) == #"""
                {"level":"warning","logger":"test","message":"two\nlines","node":"a","path":"/api",\#
                "time":"1970-01-01T00:00:01.000Z"}

                """#
        )
    }
}
