import Contract

extension BulkAdjustCreditsResponse {
    /// A line for each line that is answered; how far the run is, and the totals, stand on standard error.
    func present(on printer: inout Printer) throws {
        switch self.event {
        case .line(let line): try printer.write(line.summary + "\n")
        case .csv(let text): try printer.write(csv: text)
        case .progress(let progress): try printer.remark(progress.summary)
        case .done(let done): try printer.remark(done.summary)
        case nil: break  // an event newer than this program
        }
    }
}

extension BulkLine {
    /// Such as `line 7: failed, INSUFFICIENT_CREDITS: …`.
    fileprivate var summary: String {
        let outcome =
            switch self.state {
            case .done: "\(self.amount) for \(self.userID), balance \(self.balanceAfter)"
            case .failed: "failed, \(self.code): \(self.message)"
            case .leftOut: "left out"
            case .unspecified, .UNRECOGNIZED: "unknown"
            }
        return "line \(self.line): \(outcome)"
    }
}

extension BulkProgress {
    fileprivate var summary: String {
        "\(self.decided) of \(self.lines) lines decided, \(self.written) written, \(self.failed) failed"
    }
}

extension BulkAdjustDone {
    /// The totals, in one line.
    fileprivate var summary: String {
        let effect =
            if self.dryRun { "nothing written, a dry run" } else if self.applied { "written" } else {
                "nothing written"
            }
        return "— \(self.lines) lines, \(self.succeeded) succeeded, \(self.failed) failed, "
            + "\(self.added) credits added, \(self.taken) taken; \(effect)"
    }
}
