package import Postgres

extension Database {
    /// Lets the ledger's clock be ahead of the database's, by an interval in SQL that may change from look to look.
    package func moveLedgerClock(by interval: String) async throws {
        try await self.run(
            Statement(
                """
                CREATE OR REPLACE FUNCTION ledger_clock() RETURNS timestamptz LANGUAGE sql VOLATILE
                AS $$ SELECT clock_timestamp() + \(interval) $$
                """
            )
        )
    }
}
