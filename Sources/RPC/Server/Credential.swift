internal import Synchronization

/// What a caller presents as `authorization`.
///
/// Calls of one connection that follow each other and present the same share the object, so that an interceptor can keep what
/// it has found out about it.
package final class Credential: Sendable {
    private static let key = "authorization"

    /// The value as it was sent.
    package let text: String

    private let found = Mutex<(any AnyObject & Sendable)?>(nil)

    /// The credential in a call's metadata; nil if there is none, or more than one.
    package init?(in metadata: Metadata) {
        let presented = metadata.values(for: Self.key)
        guard presented.count == 1 else { return nil }
        self.text = presented[0]
    }

    /// What an interceptor has found out about it, for the calls that follow.
    package var finding: (any AnyObject & Sendable)? {
        get { self.found.withLock(\.self) }
        set { self.found.withLock { $0 = newValue } }
    }

    /// Whether metadata presents just this.
    func isPresented(in metadata: Metadata) -> Bool {
        metadata.holdsOnly(self.text, for: Self.key)
    }
}
