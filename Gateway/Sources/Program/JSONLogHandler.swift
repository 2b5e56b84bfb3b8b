import Foundation
import Logging

/// Writes each log entry to standard error as one line of JSON.
struct JSONLogHandler: LogHandler {
    let label: String
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    init(label: String, logLevel: Logger.Level) {
        self.label = label
        self.logLevel = logLevel
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        guard let line = self.line(event, at: Date()) else { return }
        FileHandle.standardError.write(line)
    }

    /// The entry as it is written, with its line end.
    func line(_ event: LogEvent, at time: Date) -> Data? {
        let metadata = self.metadata.merging(event.metadata ?? [:]) { $1 }
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
