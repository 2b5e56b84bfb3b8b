/// Where the task of a worker, and those that its handlers start, find the trace of the call that they serve.
///
/// To bind a task-local value costs more than a tenth of a small call, so a worker binds its slot once and puts the trace of
/// each call into it. A task started by a handler shares the slot and may outlive the call: from then on the slot is that
/// call's, and the worker must serve no other.
// Set by the worker only, while no other task has it.
final class TraceSlot: @unchecked Sendable {
    var trace: TraceContext?
    /// How often the slot is referred to while only its worker's task has it.
    private var ownReferences: UInt = 0

    /// The slot has been bound in its worker's task.
    func bound() {
        self.ownReferences = _getRetainCount(self)
    }

    /// Whether another task has it too: task-local values are copied into each.
    var isShared: Bool { _getRetainCount(self) != self.ownReferences }
}
