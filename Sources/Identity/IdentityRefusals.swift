import Foundation
import Kernel
import RPC
import SwiftProtobuf

extension Status {
    /// The address or the password is wrong; which of them stays unsaid.
    static var invalidCredentials: Status {
        .hub(.unauthenticated, "INVALID_CREDENTIALS", "The e-mail address or the password is wrong.")
    }

    static var tokenMissing: Status {
        .hub(.unauthenticated, "TOKEN_MISSING", "Sign in first: this method needs an access token.")
    }

    static var tokenInvalid: Status {
        .hub(.unauthenticated, "TOKEN_INVALID", "The access token is not one of this hub.")
    }

    static var tokenExpired: Status {
        .hub(.unauthenticated, "TOKEN_EXPIRED", "The access token has run out; refresh the session.")
    }

    static var sessionEnded: Status {
        .hub(.unauthenticated, "SESSION_ENDED", "The session is over; sign in again.")
    }

    static var invalidRefreshToken: Status {
        .hub(.unauthenticated, "INVALID_REFRESH_TOKEN", "The refresh token is not one of this hub.")
    }

    static var refreshTokenReused: Status {
        .hub(
            .unauthenticated,
            "REFRESH_TOKEN_REUSED",
            "The refresh token was used before, so the session is over; sign in again."
        )
    }

    static func forbidden(_ resource: String, _ action: String) -> Status {
        .hub(
            .permissionDenied,
            "FORBIDDEN",
            "This needs the permission \(resource):\(action) for the user it is about.",
            metadata: ["permission": "\(resource):\(action)"]
        )
    }

    /// Too many calls in one window.
    static func rateLimited(_ what: String, retryAfter: Duration) -> Status {
        let seconds = max(0, retryAfter.components.seconds) + 1  // rounded up: too early is refused again
        return .hub(
            .resourceExhausted,
            "RATE_LIMIT_EXCEEDED",
            "Too many \(what); try again in \(seconds) s.",
            details: [Google_Rpc_RetryInfo.with { $0.retryDelay.seconds = seconds }]
        )
    }
}
