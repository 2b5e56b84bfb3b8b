/// One numbered step of a context's schema.
package struct Migration: Sendable, Hashable {
    /// The context it belongs to, in lower case.
    package let context: String
    /// Its place among the steps of its context, from 1.
    package let number: Int
    /// What it does, in a few words joined by underscores.
    package let name: String
    /// One or several SQL statements, without BEGIN and COMMIT.
    package let sql: String

    /// A step as read from its file.
    package init(context: String, number: Int, name: String, sql: String) {
        self.context = context
        self.number = number
        self.name = name
        self.sql = sql
    }

    /// The file that holds it, such as `credits/0001_accounts.sql`.
    package var file: String { Self.file(self.context, self.number, self.name) }

    static func file(_ context: String, _ number: Int, _ name: String) -> String {
        let digits = String(number)
        return "\(context)/\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)_\(name).sql"
    }
}
