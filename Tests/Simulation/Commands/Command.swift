package import Foundation

/// One change that somebody asks of the ledger.
package struct Command: Sendable, Hashable {
    /// What is asked for. Amounts are micro-credits, lifetimes seconds.
    package enum Action: Sendable, Hashable {
        case place(user: UUID, amount: Int64, lifetime: Int32)
        case settle(hold: UUID, amount: Int64, allowsOverrun: Bool)
        case release(hold: UUID)
        case extend(hold: UUID, lifetime: Int32)
        case adjust(user: UUID, amount: Int64)
        case deduct(user: UUID, amount: Int64)
    }

    /// Who asks.
    package var principal: UUID
    /// The same for every repeat.
    package var requestID: String
    package var action: Action
    /// What is wrong with the request whatever the ledger's state.
    package var flaw: Flaw?

    package init(_ action: Action, by principal: UUID, requestID: String, flaw: Flaw? = nil) {
        self.principal = principal
        self.requestID = requestID
        self.action = action
        self.flaw = flaw
    }
}

extension Command {
    /// What makes two commands the same one: a repeat if they are equal, else a misuse of the request id.
    package struct Key: Sendable, Hashable {
        let principal: UUID
        let operation: String
        let requestID: String
    }

    package var key: Key {
        Key(principal: self.principal, operation: self.action.operation, requestID: self.requestID)
    }
}

extension Command.Action {
    /// The hold that it is about and that must exist.
    package var hold: UUID? {
        switch self {
        case .settle(let hold, _, _), .release(let hold), .extend(let hold, _): hold
        case .place, .adjust, .deduct: nil
        }
    }

    /// The method that does it.
    package var operation: String {
        switch self {
        case .place: "PlaceHold"
        case .settle: "SettleHold"
        case .release: "ReleaseHold"
        case .extend: "ExtendHold"
        case .adjust: "AdjustCredits"
        case .deduct: "DeductCredits"
        }
    }
}

extension Command: CustomStringConvertible {
    package var description: String {
        "\(self.requestID) of \(self.principal): \(self.action)\(self.flaw.map { " with a wrong \($0)" } ?? "")"
    }
}
