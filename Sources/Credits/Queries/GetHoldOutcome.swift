package import Foundation
import Postgres

extension CreditsService {
    /// How a hold of another context has come, and how much of it was spent; `nil` when it was never placed.
    package func outcome(of id: UUID) async throws -> (phase: HoldPhase, spent: CreditAmount)? {
        try await self.database.first(readHold, [.uuid(id)]) { row in
            let hold = try StoredHold(row)
            return (hold.end?.phase ?? .open, hold.end?.settled ?? .zero)
        }
    }
}

private let readHold = StoredHold.read("entry h", where: "h.id = $1::uuid AND h.kind = 6")
