import Credits
import Settings
import Testing

@testable import hubd

@Suite struct DaemonVelocitySettingsTests {
    private let required = ["--database-url", "host=db", "--secrets-file", "master.key"]

    @Test func `the limits on speed are their own unless they are given`() throws {
        let settings = try DaemonSettings(self.required, environment: [:])

        #expect(settings.velocity == VelocityLimits())
    }

    @Test func `the limits on speed can be given, and taken away`() throws {
        let velocity = try DaemonSettings(
            self.required + [
                "--velocity-redeem-account=1", "--velocity-redeem-address=2", "--velocity-spend-account=3",
                "--velocity-spend-address=0", "--velocity-spend-credits=5",
            ],
            environment: [:]
        )
        .velocity

        #expect((velocity.redeemAccount, velocity.redeemAddress) == (1, 2))
        #expect((velocity.spendAccount, velocity.spendAddress) == (3, 0))
        #expect(velocity.spendCredits == CreditAmount(micro: 5_000_000))
    }

    @Test(arguments: [
        "redeem-account=-1", "redeem-address=10000001", "spend-account=many", "spend-address=1.5",
        "spend-credits=1000000001",
    ])
    func `a limit out of range stops the start and names itself`(flag: String) {
        let error = #expect(throws: SettingsError.self) {
            try DaemonSettings(self.required + ["--velocity-\(flag)"], environment: [:])
        }

        #expect(error?.description.contains("velocity.\(flag.split(separator: "=")[0])") == true)
    }
}
