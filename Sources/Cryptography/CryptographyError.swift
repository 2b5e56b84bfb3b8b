internal import COpenSSL

/// What OpenSSL or libcrypt refused. It names the operation and never a secret.
package struct CryptographyError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was tried, as in "open a sealed message".
    package let operation: String
    /// OpenSSL's own words, if it left any.
    package let reason: String

    package var description: String { "cannot \(self.operation): \(self.reason)" }

    init(_ operation: String, because reason: String) {
        self.operation = operation
        self.reason = reason
    }

    /// Takes the last words from this thread's error queue and empties it.
    init(_ operation: String) {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        let words = ERR_reason_error_string(code).map { String(cString: $0) }
        self.init(operation, because: words ?? "refused")
    }
}

/// Turns a failed call of OpenSSL into an error at once.
func check(_ operation: String, _ succeeds: () -> Bool) throws(CryptographyError) {
    guard succeeds() else { throw CryptographyError(operation) }
}
