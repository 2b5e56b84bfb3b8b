package import Foundation

/// What the ledger says to a command. Amounts are micro-credits, times microseconds since 1970.
package enum Answer: Sendable, Hashable {
    case hold(HoldView)
    case balance(BalanceView)
    case refused(Refusal)

    /// A hold as its owner sees it.
    package struct HoldView: Sendable, Hashable {
        package let id: UUID
        package let user: UUID
        package let amount: Int64
        package let phase: HoldPhase
        package let settled: Int64
        package let expiresAt: Int64

        package init(id: UUID, user: UUID, amount: Int64, phase: HoldPhase, settled: Int64, expiresAt: Int64) {
            self.id = id
            self.user = user
            self.amount = amount
            self.phase = phase
            self.settled = settled
            self.expiresAt = expiresAt
        }
    }

    /// An account as its owner sees it.
    package struct BalanceView: Sendable, Hashable {
        package let user: UUID
        package let balance: Int64
        package let held: Int64
        package let available: Int64

        package init(user: UUID, balance: Int64, held: Int64, available: Int64) {
            self.user = user
            self.balance = balance
            self.held = held
            self.available = available
        }
    }

    /// Why a command is not done.
    package struct Refusal: Sendable, Hashable {
        package let reason: String
        /// The field that is to blame.
        package let field: String?
        /// Amounts by their names.
        package let facts: [String: Int64]

        package init(reason: String, field: String? = nil, facts: [String: Int64] = [:]) {
            self.reason = reason
            self.field = field
            self.facts = facts
        }
    }

    /// How far a hold has come.
    package enum HoldPhase: String, Sendable, Hashable {
        case open, settled, released, expired
    }

    var isRefusal: Bool { if case .refused = self { true } else { false } }

    /// Its kind in reports.
    package var name: String {
        switch self {
        case .hold(let hold): "hold \(hold.phase.rawValue)"
        case .balance: "balance"
        case .refused(let refusal): refusal.reason
        }
    }
}

extension Answer: CustomStringConvertible {
    package var description: String {
        switch self {
        case .hold(let hold):
            "hold \(hold.phase) of \(hold.amount), \(hold.settled) settled, until \(hold.expiresAt), \(hold.id) of \(hold.user)"
        case .balance(let view): "\(view)"
        case .refused(let refusal): "\(refusal)"
        }
    }
}

extension Answer.BalanceView: CustomStringConvertible {
    package var description: String {
        "balance \(self.balance), \(self.held) held, \(self.available) available of \(self.user)"
    }
}

extension Answer.Refusal: CustomStringConvertible {
    package var description: String {
        let facts = self.facts.sorted { $0.key < $1.key }.map { " \($0.key) \($0.value)" }.joined()
        return "refusal \(self.reason)\(self.field.map { " of \($0)" } ?? "")\(facts)"
    }
}
