import Foundation
package import Logging

/// Writes each log entry to standard error as one line of JSON.
package struct JSONLogHandler: LogHandler {
    /// The name of the program or part that writes.
    package let label: String
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    /// `provider` adds what the code that logs does not know, such as the trace that its task is in.
    package init(label: String, logLevel: Logger.Level, provider: Logger.MetadataProvider? = nil) {
        self.label = label
        self.logLevel = logLevel
        self.metadataProvider = provider
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        guard let line = self.line(event, at: Date()) else { return }
        // A log that cannot be written, on a full disk say, must not end the program.
        try? FileHandle.standardError.write(contentsOf: line)
    }

    /// The entry as it is written, with its line end.
    func line(_ event: LogEvent, at time: Date) -> Data? {
        let provided = self.metadataProvider?.get() ?? [:]
        let metadata = provided.merging(self.metadata) { $1 }.merging(event.metadata ?? [:]) { $1 }
        var fields = metadata.mapValues { "\($0)" }
        fields["time"] = time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        fields["level"] = event.level.rawValue
        fields["message"] = "\(event.message)"
        fields["logger"] = self.label
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(fields)).map { $0 + "\n".utf8 }
    }
}
