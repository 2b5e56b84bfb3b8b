import Contract
import Foundation
import Kernel
import SwiftProtobuf

// What the contract shows of an entry. Nothing but the entry goes in, so a repeat is answered byte for byte.

extension Balance {
    init(_ userID: UUID, _ state: AccountState) {
        self = .with {
            $0.userID = userID.text
            $0.balance = state.balance.description
            $0.held = state.held.description
            $0.available = state.available.description
        }
    }

    init(_ entry: Entry) {
        self.init(entry.account, entry.state)
    }
}

extension Hold {
    /// - Parameters:
    ///   - entry: What placed, extended or ended it.
    ///   - amount: What it holds.
    init(_ entry: Entry, amount: CreditAmount) {
        self = .with {
            $0.holdID = (entry.hold ?? entry.id).text
            $0.userID = entry.account.text
            $0.amount = amount.description
            $0.state = HoldState(HoldPhase(ending: entry.kind))
            $0.settled = entry.amount.negated.description
            if let expiresAt = entry.expiresAt { $0.expiresAt = Google_Protobuf_Timestamp(expiresAt) }
        }
    }
}

extension HoldState {
    fileprivate init(_ phase: HoldPhase) {
        self =
            switch phase {
            case .open: .open
            case .settled: .settled
            case .released: .released
            case .expired: .expired
            }
    }
}

extension Google_Protobuf_Timestamp {
    init(_ time: LedgerTime) {
        let (seconds, rest) = time.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        self.init(seconds: seconds, nanos: Int32(rest) * 1000)
    }
}
