/// Why the schema was not brought up to date. Steps applied before the failing one stay.
package enum MigrationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The list holds a context's number twice.
    case duplicate(file: String)
    /// The text of an applied step is not what was applied.
    case changed(file: String)
    /// The database holds a step that this program does not know.
    case unknown(file: String)
    /// A later step of the same context was applied already.
    case outOfOrder(file: String)
    /// The step failed and was rolled back.
    case failed(file: String, PostgresError)
    /// What comes after the steps failed and was rolled back; the steps stay.
    case unfinished(PostgresError)

    /// What is wrong, with which file, and what to do.
    package var description: String {
        switch self {
        case .duplicate(let file):
            "migration \(file) has a number that its context uses already: give it the next free one"
        case .changed(let file):
            "migration \(file) was changed after it was applied: restore its text and put the change into a new file"
        case .unknown(let file):
            "migration \(file) was applied by a newer program: update this one, or restore an older database"
        case .outOfOrder(let file):
            "migration \(file) is new but a later one of its context was applied already: give it the next free number"
        case .failed(let file, let error):
            "migration \(file) failed and was rolled back: \(error)"
        case .unfinished(let error):
            "the migrations are applied, but what comes after them failed and was rolled back: \(error)"
        }
    }
}
