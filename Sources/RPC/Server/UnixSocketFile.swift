internal import Glibc
internal import NIOCore
internal import NIOPosix

/// The file of a unix socket that a server listens on.
struct UnixSocketFile {
    let path: String

    /// Where the socket is bound before it takes its place, so that nobody can connect before its mode is set.
    var temporaryPath: String { self.path + ".tmp" }

    /// Makes sure that no living server is ousted.
    ///
    /// - Throws: `AddressInUse` if a server answers there or the file is not a socket.
    func checkFree(group: any EventLoopGroup) async throws {
        var status = stat()
        guard lstat(self.path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw AddressInUse(path: self.path, isSocket: false) }
        let probe = try? await ClientBootstrap(group: group).connect(unixDomainSocketPath: self.path).get()
        guard let probe else { return }
        probe.close(promise: nil)
        throw AddressInUse(path: self.path, isSocket: true)
    }

    /// Gives the bound socket its mode and its place.
    func publish() throws {
        guard chmod(self.temporaryPath, 0o600) == 0, rename(self.temporaryPath, self.path) == 0 else {
            throw IOError(errnoCode: errno, reason: "cannot publish the socket \(self.path)")
        }
    }

    /// Removes the file.
    func remove() {
        unlink(self.path)
    }
}

/// Something else is where a server should listen.
struct AddressInUse: Error, CustomStringConvertible {
    let path: String
    let isSocket: Bool

    var description: String {
        self.isSocket
            ? "A server is listening on \(self.path) already."
            : "The file \(self.path) is in the way of the socket."
    }
}
