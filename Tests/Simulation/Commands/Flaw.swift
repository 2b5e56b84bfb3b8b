/// What can be wrong with a request whatever the ledger's state, so that it is refused by the field's name.
package enum Flaw: Sendable, Hashable {
    case amount(String)
    case lifetime(Int32)
    case requestID(String)
    /// The id of the user or of the hold.
    case target(String)

    /// Those that a command can have.
    static func possible(for action: Command.Action) -> [Flaw] {
        let identifiers: [Flaw] = [.requestID(""), .requestID("two words"), .target("nobody")]
        let amounts: [Flaw] = [.amount(""), .amount("1e3"), .amount("0.0000001"), .amount("9223372036854.775808")]
        let lifetimes: [Flaw] = [.lifetime(-1), .lifetime(86_401)]
        return switch action {
        case .place: identifiers + amounts + lifetimes + [.amount("0"), .amount("-1")]
        case .settle: identifiers + amounts + [.amount("-1")]
        case .release: identifiers
        case .extend: identifiers + lifetimes
        case .adjust: identifiers + amounts + [.amount("0")]
        case .deduct: identifiers + amounts + [.amount("0"), .amount("-1")]
        }
    }

    /// The field that is wrong.
    func field(of action: Command.Action) -> String {
        switch (self, action) {
        case (.amount, .deduct): "credits"
        case (.amount, _): "amount"
        case (.lifetime, _): "expires_in"
        case (.requestID, _): "request_id"
        case (.target, .place), (.target, .adjust), (.target, .deduct): "user_id"
        case (.target, .settle), (.target, .release), (.target, .extend): "hold_id"
        }
    }
}
