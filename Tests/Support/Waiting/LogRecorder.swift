package import Logging

/// Keeps what is logged, so that a test can wait for it.
package final class LogRecorder: Sendable {
    private let messages = Watched<[String]>([])

    /// Records nothing yet.
    package init() {}

    /// A logger whose messages, of every level, are recorded.
    package var logger: Logger {
        Logger(label: "test") { _ in Handler(messages: self.messages) }
    }

    /// Everything logged so far.
    package var recorded: [String] { self.messages.state }

    /// Waits until a message that holds the text was logged so many times.
    package func message(holding text: String, times: Int = 1, within limit: Duration = .seconds(20)) async throws {
        try await self.messages.wait(within: limit, for: "the log message '\(text)'") { messages in
            messages.count { $0.contains(text) } >= times ? () : nil
        }
    }

    private struct Handler: LogHandler {
        let messages: Watched<[String]>
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let line = "\(event.message) \(event.metadata ?? [:])"
            self.messages.update { $0.append(line) }
        }
    }
}
