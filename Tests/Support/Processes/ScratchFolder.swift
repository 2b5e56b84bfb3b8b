import Foundation

/// A folder for what one test process writes; it is removed when the process ends, however that ends.
package enum ScratchFolder {
    private static let root = Result { try create() }
    private static let janitorInput = Result { try Pipe() }

    /// A folder of its own for one server or test. Its path is short enough for unix sockets in it.
    package static func make(_ name: String, owner: SystemUser? = nil) throws -> String {
        let path = try self.root.get() + "/\(name)-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
        if let owner { chown(path, owner.uid, owner.gid) }
        return path
    }

    private static func create() throws -> String {
        var template = Array((FileManager.default.temporaryDirectory.path + "/hub-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Program.LaunchError(description: "no temporary folder: \(String(cString: strerror(errno)))")
        }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        chmod(path, 0o711)  // servers of another user have their folders in it
        try self.hireJanitor(for: path)
        return path
    }

    /// Starts a shell that waits for the end of its input, which only our end can bring, and then tidies up.
    private static func hireJanitor(for path: String) throws {
        let input = try self.janitorInput.get()
        let script = """
            trap '' INT TERM HUP; cat > /dev/null
            for attempt in 1 2 3 4 5 6 7 8 9 10; do rm -rf -- "$0" 2> /dev/null && exit 0; sleep 0.2; done
            """
        let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer { close(nowhere) }
        let launch = Launch(words: ["sh", "-c", script, path], environment: [:], input: .none)
        _ = try launch.spawn(
            input: input.readEnd,
            output: Descriptor(number: nowhere),
            errors: Descriptor(number: nowhere)
        )
        input.readEnd.close()
    }
}
