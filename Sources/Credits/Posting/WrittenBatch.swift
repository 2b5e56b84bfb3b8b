import Kernel
import RPC

/// Commands that are written and not yet answered.
struct WrittenBatch {
    let pending: [PendingCommand]
    let draft: Draft

    /// Those that must be decided anew, now that what they waited for is written.
    var left: [PendingCommand] {
        guard self.draft.isPartial else { return [] }
        return zip(self.pending, self.draft.answers).compactMap { pending, answer in answer == nil ? pending : nil }
    }
}

extension WrittenBatch? {
    /// Gives the answers, and then takes notes of them.
    mutating func settle(_ memory: inout LaneMemory) {
        guard let written = self else { return }
        for case (let pending, let answer?) in zip(written.pending, written.draft.answers) { pending.answer(answer) }
        written.draft.remember(&memory)
        self = nil
    }
}
