import Cryptography
import Foundation

extension Entry {
    /// Appends the bytes that the posting's hash covers; the same as `ledger_bytes` makes in SQL.
    func append(to bytes: inout [UInt8]) {
        bytes.append(self.account)
        bytes.append(number: self.version)
        bytes.append(self.id)
        bytes.append(number: self.amount.micro)
        bytes.append(number: self.held.micro)
        bytes.append(number: self.balanceAfter.micro)
        bytes.append(number: self.heldAfter.micro)
        bytes.append(number: self.kind.rawValue)
        bytes.append(number: self.step ?? -1)
        // The posting's time is not known yet, so what begins now is covered by how long it lasts.
        bytes.append(number: self.lifetime.map { $0 * 1_000_000 } ?? self.expiresAt?.microseconds ?? 0)
        bytes.append(self.hold)
        bytes.append(self.actor)
        bytes.append(self.digest)
        for text in [self.service, self.model, self.reason] {
            bytes.append(number: Int32(text.utf8.count))
            bytes.append(contentsOf: text.utf8)
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append<Number: FixedWidthInteger>(number: Number) {
        Swift.withUnsafeBytes(of: number.bigEndian) { self.append(contentsOf: $0) }
    }

    /// Nothing counts as zeros.
    fileprivate mutating func append(_ uuid: UUID?) {
        guard let uuid else { return self.append(contentsOf: repeatElement(0, count: 16)) }
        Swift.withUnsafeBytes(of: uuid.uuid) { self.append(contentsOf: $0) }
    }
}
