import Kernel
import RPC

extension Status {
    /// What the caller hears who gets nothing for a code.
    static func promotion(_ code: PromotionCode, _ refusal: Promotion.Refusal) -> Status {
        let (status, reason, message): (Code, String, String) =
            switch refusal {
            case .unknown: (.notFound, "PROMO_UNKNOWN", "There is no promotion code \(code); check its spelling.")
            case .inactive: (.failedPrecondition, "PROMO_INACTIVE", "The promotion code \(code) is switched off.")
            case .expired: (.failedPrecondition, "PROMO_EXPIRED", "The promotion code \(code) has expired.")
            case .exhausted: (.failedPrecondition, "PROMO_EXHAUSTED", "The promotion code \(code) is used up.")
            case .redeemed: (.alreadyExists, "PROMO_REDEEMED", "You have redeemed the promotion code \(code) before.")
            }
        return .hub(status, reason, message, metadata: ["code": "\(code)"])
    }
}
