import Credits
import Settings

extension DaemonSettings {
    /// Limits on how fast anybody redeems and spends, above which the journal gets an alert.
    static let declaredVelocity = [
        Setting(
            "velocity.redeem-account",
            "Attempts to redeem a promotion code an hour by one account, up to 10000000; 0 is any number.",
            default: "10"
        ),
        Setting(
            "velocity.redeem-address",
            "Attempts to redeem a promotion code an hour from one address, up to 10000000; 0 is any number.",
            default: "30"
        ),
        Setting(
            "velocity.spend-account",
            "Holds, deductions and chats a minute that one account pays, up to 10000000; 0 is any number.",
            default: "6000"
        ),
        Setting(
            "velocity.spend-address",
            "Holds, deductions and chats a minute from one address, up to 10000000; 0 is any number.",
            default: "60000"
        ),
        Setting(
            "velocity.spend-credits",
            "Whole credits an hour held or deducted on one account, up to 1000000000; 0 is any number.",
            default: "1000000"
        ),
    ]

    static func velocity(_ settings: Settings) throws -> VelocityLimits {
        func limit(_ key: String) throws -> Int64 { Int64(try settings.int(key, in: 0...10_000_000)) }
        var limits = VelocityLimits()
        limits.redeemAccount = try limit("velocity.redeem-account")
        limits.redeemAddress = try limit("velocity.redeem-address")
        limits.spendAccount = try limit("velocity.spend-account")
        limits.spendAddress = try limit("velocity.spend-address")
        let credits = Int64(try settings.int("velocity.spend-credits", in: 0...1_000_000_000))
        limits.spendCredits = CreditAmount(micro: credits * CreditAmount.microPerCredit)
        return limits
    }
}
