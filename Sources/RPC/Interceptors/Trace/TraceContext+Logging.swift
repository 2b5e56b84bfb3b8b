package import Logging

extension TraceContext {
    /// Puts the IDs of the current task's call on each log line, whoever logs.
    package static let logMetadata = Logger.MetadataProvider { Self.current?.logMetadata ?? [:] }

    /// What log lines say of a call's place in its trace.
    package var logMetadata: Logger.Metadata {
        ["trace-id": "\(self.traceIDText)", "span-id": "\(self.spanIDText)"]
    }
}
