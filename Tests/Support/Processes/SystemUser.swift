import Glibc

/// A user of the operating system.
package struct SystemUser: Sendable {
    /// Its number.
    package let uid: UInt32
    /// The number of its group.
    package let gid: UInt32

    /// Who runs what refuses to run as root; nil unless the tests run as root.
    package static var unprivileged: SystemUser? {
        guard geteuid() == 0 else { return nil }
        for name in ["postgres", "nobody"] {
            guard let entry = getpwnam(name) else { continue }
            return SystemUser(uid: entry.pointee.pw_uid, gid: entry.pointee.pw_gid)
        }
        return nil
    }
}
