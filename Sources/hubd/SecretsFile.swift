import Cryptography
import Foundation
import Glibc
import Identity
import Settings

/// The file with the one secret that must not lie in the database.
enum SecretsFile {
    private static let length = 32

    /// Reads the master key.
    ///
    /// - Throws: `SettingsError` when the file is missing, malformed, or readable by others.
    static func read(_ path: String) throws -> MasterKey {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else {
            throw SettingsError(
                "secrets.file: there is no file \(path). `hubd up` makes it; copy it to every other node."
            )
        }
        let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0o777
        guard mode & 0o077 == 0 else {
            throw SettingsError("secrets.file: \(path) can be read by others; run chmod 600 on it.")
        }
        guard
            let text = FileManager.default.contents(atPath: path),
            let bytes = Base64URL.decode(String(decoding: text, as: UTF8.self).trimmingCharacters(in: .newlines)),
            let key = try? MasterKey(bytes)
        else { throw SettingsError("secrets.file: \(path) does not hold \(self.length) bytes in base64url.") }
        return key
    }

    /// Makes the file with a fresh key, unless it is there.
    ///
    /// - Throws: `SettingsError` when it cannot be made.
    static func make(path: String) throws(SettingsError) {
        guard access(path, F_OK) != 0 else { return }
        let draft = "\(path).\(UUID().uuidString)"
        defer { unlink(draft) }
        do {
            try self.write(Base64URL.encode(Randomness.bytes(self.length)) + "\n", to: draft)
            // Only a whole file gets the name, and of several made at once the first.
            guard link(draft, path) == 0 || errno == EEXIST else { throw Errno.current }
        } catch {
            throw SettingsError("secrets.file: cannot make \(path): \(error).")
        }
    }

    private static func write(_ text: String, to path: String) throws(Errno) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .current }
        defer { close(descriptor) }
        guard Glibc.write(descriptor, text, text.utf8.count) == text.utf8.count, fsync(descriptor) == 0 else {
            throw .current
        }
    }

    /// Why the system refused.
    private struct Errno: Error, CustomStringConvertible {
        let number: Int32
        var description: String { String(cString: strerror(self.number)) }

        static var current: Errno { Errno(number: errno) }
    }
}
