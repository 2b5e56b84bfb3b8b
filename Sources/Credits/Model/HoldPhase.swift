/// How far a hold has come. It ends exactly once.
package enum HoldPhase: Sendable {
    case open
    case settled
    case released
    case expired

    /// The phase after an entry of this kind.
    package init(ending kind: EntryKind) {
        self =
            switch kind {
            case .usage: .settled
            case .holdReleased: .released
            case .holdExpired: .expired
            default: .open
            }
    }
}
