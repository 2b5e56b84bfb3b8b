/// What went out between two syncs and fails or succeeds alone: one statement and what it needed before it.
struct SentGroup {
    let statement: Statement
    /// The name under which the statement is prepared.
    let name: String
    /// Whether the group also prepares it.
    let isPreparing: Bool
    /// Results that come before the statement's own: those of BEGIN and of preparing.
    let preludeCount: Int
}
