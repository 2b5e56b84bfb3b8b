import Foundation
import Logging
import Synchronization
import Testing

@testable import RPC

/// Certificates and keys that cannot be used, and what is said of them.
@Suite(.certificates)
struct TLSFileTests {
    @Test func `a missing file is named`() throws {
        let key = try Certificates.server.key

        #expect(
            throws: TLSFileError(
                "The certificate file /nowhere/a.pem for TLS cannot be read: No such file or directory."
            )
        ) {
            try ServerTLS(certificateChain: "/nowhere/a.pem", privateKey: key, logger: .silent)
        }
    }

    @Test func `a folder is no file`() throws {
        let (folder, key) = (try Certificates.makeFolder().path, try Certificates.server.key)

        let error = #expect(throws: TLSFileError.self) {
            try ServerTLS(certificateChain: folder, privateKey: key, logger: .silent)
        }

        #expect(error?.description == "The certificate file \(folder) for TLS is no file of PEM.")
    }

    @Test(arguments: ["", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
    func `a file without a certificate is named`(text: String) throws {
        let path = try Certificates.makeFolder().appending(path: "bad.pem").path
        try Data(text.utf8).write(to: URL(filePath: path))

        let error = #expect(throws: TLSFileError.self) {
            try ServerTLS(certificateChain: path, privateKey: Certificates.server.key, logger: .silent)
        }

        #expect(
            error?.description == "The certificate file \(path) holds no certificate in PEM form, or a damaged one."
        )
    }

    @Test func `a key of another certificate is refused`() throws {
        let (server, client) = (try Certificates.server, try Certificates.client)

        let error = #expect(throws: TLSFileError.self) {
            try ServerTLS(certificateChain: server.certificate, privateKey: client.key, logger: .silent)
        }

        #expect(
            error?.description
                == "The key \(client.key) does not belong to the first certificate in \(server.certificate)."
        )
    }

    @Test func `a key with a passphrase is refused with advice, and nothing asks for it`() async throws {
        let server = try Certificates.server
        let path = try Certificates.makeFolder().appending(path: "locked.key").path
        try await OpenSSL.run(["pkey", "-in", server.key, "-aes256", "-passout", "pass:secret", "-out", path])

        let error = #expect(throws: TLSFileError.self) {
            try ServerTLS(certificateChain: server.certificate, privateKey: path, logger: .silent)
        }

        #expect(error?.description.contains("has a passphrase") == true)
    }

    @Test func `a certificate in the place of a key is refused`() throws {
        let server = try Certificates.server

        let error = #expect(throws: TLSFileError.self) {
            try ServerTLS(certificateChain: server.certificate, privateKey: server.certificate, logger: .silent)
        }

        #expect(error?.description.contains("holds no private key") == true)
    }

    @Test func `authorities for clients are looked at, too`() throws {
        let server = try Certificates.server

        let error = #expect(throws: TLSFileError.self) {
            try ServerTLS.of(server, clientAuthorities: server.key)
        }

        #expect(error?.description.contains("client authorities file \(server.key)") == true)
    }

    @Test func `an expired certificate is used, with a warning`() throws {
        let (log, expired) = (Mailbox(), try Certificates.expired)

        _ = try ServerTLS(certificateChain: expired.certificate, privateKey: expired.key, logger: .writing(to: log))

        #expect(log.all.count == 1)
        #expect(log.all.first?.contains("has expired") == true)
    }

    @Test func `a key that everybody can read is used, with a warning`() throws {
        let (log, server) = (Mailbox(), try Certificates.server)
        let path = try Certificates.makeFolder().appending(path: "open.key").path
        try FileManager.default.copyItem(atPath: server.key, toPath: path)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)

        _ = try ServerTLS(certificateChain: server.certificate, privateKey: path, logger: .writing(to: log))

        #expect(log.all.count == 1)
        #expect(log.all.first?.contains("can read a TLS key") == true)
    }

    @Test func `a client needs both certificate and key, and a name as certificates have them`() throws {
        let (authority, client) = (try Certificates.authority, try Certificates.client)

        for (chain, key) in [(client.certificate, nil), (nil, client.key)] {
            #expect(throws: TLSFileError.self) {
                try ClientTLS(
                    trust: .file(authority.certificate),
                    certificateChain: chain,
                    privateKey: key,
                    logger: .silent
                )
            }
        }
        for name in ["", "127.0.0.1", "::1", "a\0b", String(repeating: "a", count: 256)] {
            #expect(throws: TLSFileError.self) { try ClientTLS.trusting(serverName: name) }
        }
    }
}

extension Logger {
    /// Leaves its messages in a mailbox.
    static func writing(to mailbox: Mailbox) -> Logger {
        Logger(label: "test") { _ in MailboxLog(mailbox: mailbox) }
    }
}

private struct MailboxLog: LogHandler {
    let mailbox: Mailbox
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        self.mailbox.add("\(event.message) \(event.metadata ?? [:])")
    }
}
