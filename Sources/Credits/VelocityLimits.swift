/// How fast one account and one address may redeem and spend. 0 is any number.
package struct VelocityLimits: Sendable, Equatable {
    /// Attempts to redeem a code, by one account in an hour.
    package var redeemAccount: Int64 = 10
    /// The same from one address.
    package var redeemAddress: Int64 = 30
    /// Holds and deductions, chats included, on one account in a minute.
    package var spendAccount: Int64 = 6_000
    /// The same asked for from one address.
    package var spendAddress: Int64 = 60_000
    /// Credits held or deducted on one account in an hour.
    package var spendCredits = CreditAmount(micro: 1_000_000 * CreditAmount.microPerCredit)

    /// The defaults.
    package init() {}
}
