import FoundationEssentials
import Glibc

/// The file that keeps the session between runs: `hub/session.json` in the user's configuration folder. Only the user may
/// read it, and it is never seen half written.
struct SessionFile: Sendable {
    let path: String

    /// - Throws: `Failure` when the environment names no home.
    init(in shell: Shell) throws {
        if let folder = shell.variable("XDG_CONFIG_HOME"), folder.hasPrefix("/") {
            self.path = folder + "/hub/session.json"
        } else if let home = shell.variable("HOME") {
            self.path = home + "/.config/hub/session.json"
        } else {
            throw Failure(.failure, "Neither HOME nor XDG_CONFIG_HOME is set, so there is no place for the session.")
        }
    }

    /// The session, `nil` when nobody is signed in.
    ///
    /// - Throws: `Failure` when others could have read or written the file, or it is damaged.
    func load() throws -> Session? {
        let descriptor = open(self.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            guard errno == ENOENT else { throw self.failure("read") }
            return nil
        }
        defer { close(descriptor) }
        try self.checkPrivacy(of: descriptor)
        let bytes = try Input(descriptor: descriptor).all()
        guard let session = try? Self.decoder.decode(Session.self, from: Data(bytes)) else {
            throw Failure(.failure, "\(self.path) is damaged.", "Run `hub login` to write it anew.")
        }
        return session
    }

    /// Replaces the session in one step.
    func save(_ session: Session) throws {
        try self.makeFolder()
        let draft = "\(self.path).\(getpid())"
        unlink(draft)  // left by a process of the same number that was killed
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw self.failure("write") }
        defer { close(descriptor) }
        do {
            let text = try String(decoding: Self.encoder.encode(session), as: UTF8.self)
            try Output(descriptor: descriptor).write(text + "\n")
            guard fsync(descriptor) == 0, rename(draft, self.path) == 0 else { throw self.failure("write") }
        } catch {
            unlink(draft)
            throw error
        }
    }

    /// Forgets the session.
    func remove() throws {
        guard unlink(self.path) == 0 || errno == ENOENT else { throw self.failure("remove") }
    }

    /// Runs `body` while no other process of this user changes the session.
    func locked<Value>(_ body: () async throws -> Value) async throws -> Value {
        try self.makeFolder()
        return try await withFileLock(self.path + ".lock", body)
    }

    private func checkPrivacy(of descriptor: Int32) throws {
        var file = stat()
        guard fstat(descriptor, &file) == 0 else { throw self.failure("read") }
        guard file.st_uid == geteuid() else {
            throw Failure(.failure, "\(self.path) belongs to another user, so the tokens in it are not used.")
        }
        guard file.st_mode & 0o077 == 0 else {
            let mode = String(file.st_mode & 0o777, radix: 8)
            throw Failure(
                .failure,
                "\(self.path) can be opened by other users (mode \(mode)), so the tokens in it are not used.",
                "Run `chmod 600 \(self.path)` if you trust those users, else `rm` it and `hub login`."
            )
        }
    }

    private func makeFolder() throws {
        let folder = String(self.path[..<(self.path.lastIndex(of: "/") ?? self.path.startIndex)])
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw Failure(.failure, "Cannot make \(folder) for the session.")
        }
    }

    private func failure(_ verb: String) -> Failure {
        Failure(.failure, "Cannot \(verb) \(self.path): \(String(cString: strerror(errno))).")
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return decoder
    }
}
