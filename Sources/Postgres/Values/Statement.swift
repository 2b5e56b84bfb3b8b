/// SQL with parameters written `$1`, `$2`, …; every connection prepares it once and keeps it while it is in use.
///
/// Values never become part of the text: a literal with interpolation does not compile.
package struct Statement: Sendable, Hashable, ExpressibleByStringLiteral {
    /// The SQL text.
    package let sql: String

    /// A statement of the given SQL; one statement only, without a trailing second one.
    package init(_ sql: String) {
        self.sql = sql
    }

    /// A statement written as a literal.
    package init(stringLiteral value: StaticString) {
        self.sql = value.description
    }
}
