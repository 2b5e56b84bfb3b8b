import ArgumentParser
import RPC

/// Why a command ended without its answer.
struct Failure: Error, Equatable {
    let status: ExitStatus
    /// What is printed: what happened, then what helps, a line each.
    let lines: [String]

    /// Something that went wrong on this side of the wire.
    init(_ status: ExitStatus, _ lines: String...) {
        self.status = status
        self.lines = lines.isEmpty ? [] : ["Error: " + lines[0]] + lines.dropFirst()
    }

    init(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let call as FailedCall where call.status.code == .cancelled: self.init(.cancelled, ["Cancelled."])
        case let call as FailedCall: self.init(call)
        case is CancellationError: self.init(.cancelled, ["Cancelled."])
        case is BrokenPipe: self.init(.brokenPipe)
        default: self.init(parsing: error)
        }
    }

    private init(_ status: ExitStatus, _ lines: [String]) {
        self.status = status
        self.lines = lines
    }

    /// What ArgumentParser has to say, a request for help included.
    private init(parsing error: any Error) {
        let text = [Hub.fullMessage(for: error)]
        switch Hub.exitCode(for: error) {
        case .success: self.init(.success, text)
        case .validationFailure: self.init(.usage, text)
        default: self.init(.failure, text)
        }
    }

    /// What the server, or the way to it, answered.
    private init(_ call: FailedCall) {
        let status = call.status
        let reason = status.errorInfo.map(\.reason) ?? ""
        let kind = ["", status.code.name].contains(reason) ? status.code.name : "\(status.code.name), \(reason)"
        let violations = (status.detail(Google_Rpc_BadRequest.self)?.fieldViolations ?? [])
            .filter { !status.message.hasPrefix("\($0.field) ") }  // the message says it already
        self.init(
            ExitStatus(status.code),
            ["Error: \(status.message.isEmpty ? "The call failed." : status.message) (\(kind))"]
                + violations.map { "  \($0.field): \($0.description_p)" }
                + [call.advice, "Request id: \(call.requestID)"].compactMap(\.self)
        )
    }

    /// Prints the lines where they belong.
    ///
    /// - Returns: the exit status of the program.
    func report(to shell: Shell) -> ExitStatus {
        let output = self.status == .success ? shell.output : shell.errors
        do {
            for line in self.lines where !line.isEmpty { try output.writeForeign(line + "\n") }
            return self.status
        } catch {
            return self.status == .success ? .brokenPipe : self.status
        }
    }
}

/// An answer that is an error, and the call it belongs to.
struct FailedCall: Error {
    let status: Status
    let requestID: String
    let server: ServerAddress

    /// What the user can do about it.
    fileprivate var advice: String? {
        if let (seconds, rest) = self.status.retryDelay?.components {
            return "Try again in \(rest > 0 ? seconds + 1 : seconds) s."
        }
        switch (self.status.code, self.status.errorInfo?.reason) {
        case (.unauthenticated, "INVALID_CREDENTIALS"): return nil
        case (.unauthenticated, _): return "Run `hub login`."
        case (.resourceExhausted, "INSUFFICIENT_CREDITS"): return "Run `hub balance` to see what is left."
        case (.unavailable, "TLS_FAILED"): return "`--tls-ca` and the like say how to connect; see `hub --help`."
        case (.unavailable, nil), (.unavailable, "CONNECT_FAILED"):
            return "Is a hub listening on \(self.server)? `--server` names another address."
        default: return nil
        }
    }
}
