import ArgumentParser
import FoundationEssentials
import Glibc
import SwiftProtobuf

/// What every command of a method takes beside the fields of its request.
struct CallArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Read the request as proto3 JSON from a file, or from standard input for `-`. Options beside it replace \
            what it says.
            """,
            valueName: "file|-"
        ),
        completion: .file()
    )
    var json: MessageFile?

    @OptionGroup
    var options: GlobalOptions
}

/// A file with a message in proto3 JSON; `-` is standard input.
struct MessageFile: ExpressibleByArgument, Sendable {
    let path: String

    init(argument: String) {
        self.path = argument
    }

    /// - Throws: `Failure` when there is no such file or it is no such message.
    func message<M: Message>(in shell: Shell) throws -> M {
        let bytes = try self.path == "-" ? shell.input.all() : self.bytes()
        do {
            return try M(jsonUTF8Bytes: bytes)
        } catch {
            throw Failure(.usage, "\(self.path) is no \(M.protoMessageName) in proto3 JSON: \(error).")
        }
    }

    private func bytes() throws -> [UInt8] {
        let descriptor = open(self.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure(.usage, "Cannot read \(self.path): \(String(cString: strerror(errno))).")
        }
        defer { close(descriptor) }
        return try Input(descriptor: descriptor).all()
    }
}
