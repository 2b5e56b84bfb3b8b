import Foundation
import Postgres

/// What commands have come to that were answered for good.
struct StoredAnswers {
    private var entries: [UUID: Entry] = [:]
    private var refusals: [UUID: StoredRefusal] = [:]

    static let readEntries = Entry.read("id = ANY ($1::uuid[])")

    init(entries: [Entry], refusals: [StoredRefusal]) {
        for entry in entries { self.entries[entry.id] = entry }
        for refusal in refusals { self.refusals[refusal.id] = refusal }
    }

    /// Two requests may have come with the same id at the same moment, about accounts of different lanes, and one was carried
    /// out and the other refused: each gets its own answer.
    subscript(command: LedgerCommand) -> LaneMemory.Answer? {
        let entry = self.entries[command.id]
        if let refusal = self.refusals[command.id], entry == nil || refusal.digest == command.digest {
            return .refused(digest: refusal.digest, refusal.status)
        }
        return entry.map { .posted($0) }
    }
}
