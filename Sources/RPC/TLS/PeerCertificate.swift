internal import Cryptography
internal import NIOSSL

/// Who the other end of a connection is, by a certificate that an authority we trust has signed.
package final class PeerCertificate: Sendable {
    /// The last common name of its subject.
    package let commonName: String?

    /// The host names among its alternative names.
    package let dnsNames: [String]

    /// The URIs among its alternative names, such as SPIFFE IDs.
    package let uris: [String]

    /// The SHA-256 of the whole certificate, in 64 lower-case hex digits.
    package let sha256: String

    /// - Throws: When the certificate cannot be encoded again.
    init(_ certificate: NIOSSLCertificate) throws {
        let names = Array(certificate._subjectAlternativeNames())
        self.commonName = certificate.subjectName.last { $0.type == .commonName }?.value
        self.dnsNames = names.filter { $0.nameType == .dnsName }.compactMap(\.text)
        self.uris = names.filter { $0.nameType == .uri }.compactMap(\.text)
        self.sha256 = SHA256.hash(try certificate.toDERBytes()).map {
            String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
        }.joined()
    }

    /// Whether a host name is among its DNS names (RFC 9525); `*` as a whole first label stands for one label.
    func isFor(_ host: String) -> Bool {
        let host = Self.labels(of: host.hasSuffix(".") ? host.dropLast() : host[...])
        return self.dnsNames.contains { name in
            let name = Self.labels(of: name[...])
            guard name.first == "*" else { return name == host }
            return name.count > 2 && name.count == host.count && name.dropFirst() == host.dropFirst()
        }
    }

    private static func labels(of name: Substring) -> [String] {
        name.split(separator: ".", omittingEmptySubsequences: false).map { $0.lowercased() }
    }
}

extension _SubjectAlternativeName {
    /// The name, unless it holds what no name holds: it could be taken for another then.
    fileprivate var text: String? {
        self.contents.allSatisfy { (0x21...0x7E).contains($0) } ? String(decoding: self.contents, as: UTF8.self) : nil
    }
}
