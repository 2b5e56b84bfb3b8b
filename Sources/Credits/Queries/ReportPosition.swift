import Cryptography
import Foundation
import Kernel
import RPC

/// The last group of a page; the next page starts after it.
struct ReportPosition: Sendable, Equatable {
    /// A text for each key of the report.
    let keys: [String]

    init(keys: [String]) {
        self.keys = keys
    }

    /// Reads the field `page_token`; `nil` for the first page.
    ///
    /// - Throws: `INVALID_ARGUMENT` for a token that this report did not give.
    init?(field value: String, of order: ReportOrder) throws(Status) {
        guard !value.isEmpty else { return nil }
        let text = value.split(separator: ".", omittingEmptySubsequences: false).first.flatMap(Base64URL.decode)
        let keys = text.flatMap { String(validating: $0, as: UTF8.self) }?
            .split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
        self.init(keys: keys ?? [])
        guard self.token(of: order) == value, self.fits(order.keys) else {
            throw .invalid(
                field: "page_token",
                "is not a token that this report, with these groups and filters, has given"
            )
        }
    }

    /// What the client sends for the next page. The check sum guards against mistakes, not against forgery: a position is
    /// no secret.
    func token(of order: ReportOrder) -> String {
        let text = self.keys.joined(separator: "\0")
        let checksum = SHA256.hash(Array("\(text)\0\(order.name)".utf8)).prefix(6)
        return Base64URL.encode(Array(text.utf8)) + "." + Base64URL.encode(Array(checksum))
    }

    /// Whether each text is a value of its key, whoever made the token.
    private func fits(_ keys: [ReportOrder.Key]) -> Bool {
        self.keys.count == keys.count
            && zip(keys, self.keys).allSatisfy { key, value in
                switch key {
                case .day: LedgerDay(value) != nil
                case .user: UUID(uuidString: value) != nil
                case .kind: Int16(value) != nil
                case .service, .model: true
                }
            }
    }
}
