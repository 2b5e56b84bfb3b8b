/// The hub's side of every movement. House accounts store no balance: theirs is the sum of their movements, so no posting
/// ever waits for another one at their rows.
package enum HouseAccount: Int16, Sendable, CaseIterable {
    /// Where credits given to new accounts come from.
    case issuance = 1
    /// Where spent credits go.
    case revenue = 2
    /// The other side of corrections.
    case adjustment = 3
    /// Where redeemed credits come from.
    case promotion = 4
}
