package import Foundation

/// A reservation to be made.
package struct HoldOrder: Sendable {
    /// The hold's id. Placing the same id again changes nothing.
    package let id: UUID
    package let userID: UUID
    /// Above 0.
    package let amount: CreditAmount
    /// Whole seconds until it expires.
    package let lifetime: Int64
    /// Who is paid; shown in the user's history.
    package let service: String
    /// The model that is called; empty for none.
    package let model: String

    package init(
        id: UUID,
        userID: UUID,
        amount: CreditAmount,
        lifetime: Int64,
        service: String,
        model: String = ""
    ) {
        self.id = id
        self.userID = userID
        self.amount = amount
        self.lifetime = lifetime
        self.service = service
        self.model = model
    }
}
