internal import NIOSSL

/// Why a connection does not become, or remain, a secure one; in words for whoever set it up.
enum TLSFailure: Error, Equatable, CustomStringConvertible {
    /// The other end, or this one, refused the handshake.
    case refused(String)
    /// The server's certificate is for other names than this.
    case wrongName(String)
    /// The other end closed the connection in the midst of the handshake.
    case closed
    /// The other end did not finish the handshake in time.
    case timedOut
    /// A plain connection was answered with TLS.
    case peerSpeaksTLS
    /// Nothing says which name must stand in the server's certificate.
    case nameless

    var description: String {
        switch self {
        case .refused(let why): "the TLS handshake failed: \(why)."
        case .wrongName(let name): "the server's certificate is for another name than \(name)."
        case .closed:
            """
            the other end closed the connection in the midst of the TLS handshake. Does it speak TLS there? If so, its \
            log says why it refused.
            """
        case .timedOut: "the TLS handshake was not finished in time."
        case .peerSpeaksTLS: "the server speaks TLS there, and this client is set up without."
        case .nameless: "TLS over a unix socket needs the name that stands in the server's certificate."
        }
    }

    /// What an error of the TLS library means; nil if it is no failure of TLS.
    init?(_ error: any Error) {
        switch error {
        case let failure as TLSFailure: self = failure
        case NIOSSLError.uncleanShutdown: return nil
        case NIOSSLError.handshakeFailed(.sslError([.eofDuringHandshake])): self = .closed
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: self = .refused(Self.words(for: error))
        default: return nil
        }
    }

    /// What an error means that comes after the handshake; nil if it is no refusal. A server that speaks TLS 1.3 looks at
    /// the client's certificate when the client has done its handshake.
    init?(late error: any Error) {
        switch error {
        case let failure as TLSFailure: self = failure
        case BoringSSLError.sslError where "\(error)".contains("_ALERT_"): self = .refused(Self.words(for: error))
        default: return nil
        }
    }

    /// An error of the TLS library in words.
    static func words(for error: any Error) -> String {
        let text = "\(error)"
        return self.known.first { text.contains($0.code) }?.meaning ?? text
    }

    /// The library tells its errors apart by these parts of their text only. Alerts are what the other end says of us.
    private static let known: [(code: String, meaning: String)] = [
        ("CERTIFICATE_VERIFY_FAILED", "the peer's certificate has expired, or no authority trusted here has signed it"),
        ("failedToValidateHostname", "the server's certificate is for another address than the one it was called at"),
        ("PEER_DID_NOT_RETURN_A_CERTIFICATE", "the client gave no certificate, which this listener demands"),
        ("ALERT_CERTIFICATE_REQUIRED", "the server demands a client certificate, and none is set up"),
        ("ALERT_UNKNOWN_CA", "the peer does not trust the authority of the certificate that is set up here"),
        ("ALERT_CERTIFICATE_EXPIRED", "the peer says that the certificate set up here has expired"),
        ("ALERT_BAD_CERTIFICATE", "the peer refused the certificate that is set up here"),
        ("ALERT_CERTIFICATE_UNKNOWN", "the peer refused the certificate that is set up here"),
        ("ALERT_PROTOCOL_VERSION", "the peer speaks no version of TLS that is spoken here (1.2 and 1.3)"),
        ("UNSUPPORTED_PROTOCOL", "the peer speaks no version of TLS that is spoken here (1.2 and 1.3)"),
        ("ALERT_HANDSHAKE_FAILURE", "the peer refused the handshake; it may demand a client certificate"),
        ("NO_SHARED_CIPHER", "the two ends have no cipher in common"),
        ("HTTP_REQUEST", "the peer speaks HTTP, not TLS"),
        ("HTTPS_PROXY_REQUEST", "the peer speaks HTTP, not TLS"),
        ("WRONG_VERSION_NUMBER", "the peer does not speak TLS"),
        ("EOF during handshake", "the peer closed the connection in the midst of the handshake"),
    ]
}
