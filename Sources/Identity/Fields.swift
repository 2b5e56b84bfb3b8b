import Kernel
import RPC

extension EmailAddress {
    /// Reads a field.
    ///
    /// - Throws: `INVALID_ARGUMENT` naming the field.
    init(field: String, _ value: String) throws(Status) {
        guard let address = EmailAddress(value) else {
            throw .invalid(
                field: field,
                value.isEmpty
                    ? "is required" : "is not an e-mail address of at most \(EmailAddress.longest) ASCII characters"
            )
        }
        self = address
    }
}

extension Password {
    /// Reads a field.
    ///
    /// - Throws: `INVALID_ARGUMENT` naming the field.
    init(field: String, _ value: String) throws(Status) {
        guard let password = Password(value) else {
            throw .invalid(
                field: field,
                value.isEmpty ? "is required" : "must have at most \(Password.longest) bytes"
            )
        }
        self = password
    }

    /// Refuses a password that an account should not have.
    ///
    /// - Throws: `INVALID_ARGUMENT` naming the field.
    func requireStrength(field: String, for email: EmailAddress) throws(Status) {
        let description: String
        switch self.weakness(for: email) {
        case nil: return
        case .tooShort: description = "must have at least 8 characters"
        case .common: description = "is one of the passwords that guessers try first; choose another"
        case .namesAccount: description = "must not be the e-mail address or its first part"
        }
        throw .invalid(field: field, description, reason: "WEAK_PASSWORD")
    }
}
