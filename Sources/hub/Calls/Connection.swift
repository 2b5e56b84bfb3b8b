import Contract
import Logging
import NIOPosix
import RPC
import SwiftProtobuf

/// The hub as a command calls it: one client, signed in as whoever the session file names.
struct Connection: Sendable {
    /// How long a call may take that is not a stream, unless `--timeout` says otherwise.
    private static let patience = Duration.seconds(30)

    let shell: Shell
    let options: GlobalOptions
    let server: ServerAddress
    let sessions: SessionFile
    /// Nil on a plain connection.
    let encryption: Encryption?
    private let client: Client

    /// Opens a connection for `body` and closes it afterwards. Ctrl-C cancels `body`.
    static func open(
        _ options: GlobalOptions,
        in shell: Shell,
        _ body: @escaping @Sendable (Connection) async throws -> Void
    ) async throws {
        let connection = try Connection(options, in: shell)
        do {
            try await shell.interrupts.cancelling { try await body(connection) }
        } catch {
            await connection.client.close()
            throw error
        }
        await connection.client.close()
    }

    private init(_ options: GlobalOptions, in shell: Shell) throws {
        self.shell = shell
        self.options = options
        self.sessions = try SessionFile(in: shell)
        self.server = try options.server ?? Self.server(shell, self.sessions)
        self.encryption = try Encryption(options, in: shell) ?? Self.encryption(self.server, self.sessions)
        let logger = Logger(label: "hub", factory: { _ in SwiftLogNoOpLogHandler() })
        var configuration = ClientConfiguration()
        configuration.tls = try self.encryption?.load(logger)
        configuration.interceptors = [ClientCallTrace()]
        self.client = Client(
            self.server.endpoint,
            configuration: configuration,
            group: MultiThreadedEventLoopGroup.singleton,
            logger: logger
        )
    }

    /// Where to call when the command line does not say.
    private static func server(_ shell: Shell, _ sessions: SessionFile) throws -> ServerAddress {
        guard let written = try shell.variable("HUB_SERVER") ?? sessions.load()?.server else { return .standard }
        guard let address = ServerAddress(argument: written) else {
            throw Failure(.usage, "'\(written)' is no address; it must be host:port or unix:/path.")
        }
        return address
    }

    /// How the session was made on that server. A session that cannot be read holds no token that could leak.
    private static func encryption(_ server: ServerAddress, _ sessions: SessionFile) -> Encryption? {
        guard let session = (try? sessions.load()) ?? nil, session.server == server.description else { return nil }
        return session.encryption
    }

    /// Calls a method that answers once.
    func call<Request, Response>(
        _ method: Method<Request, Response>,
        _ request: Request,
        id: String = RequestID.fresh(),
        signedIn: Bool = true
    ) async throws -> Response {
        let options = try await self.callOptions(id: id, signedIn: signedIn, patience: Self.patience)
        return try await self.traced(method.descriptor, id) {
            try await self.client.unary(method, request, options)
        }
    }

    /// Calls a method that answers with a stream. Leaving `body` early hangs up.
    func stream<Request, Response, Value: Sendable>(
        _ method: Method<Request, Response>,
        _ request: Request,
        id: String = RequestID.fresh(),
        signedIn: Bool = true,
        _ body: (ResponseSequence<Response>) async throws -> Value
    ) async throws -> Value {
        let options = try await self.callOptions(id: id, signedIn: signedIn, patience: nil)
        return try await self.traced(method.descriptor, id) {
            try await self.client.serverStreaming(method, request, options, body)
        }
    }

    private func callOptions(id: String, signedIn: Bool, patience: Duration?) async throws -> CallOptions {
        var metadata: Metadata = ["x-request-id": id]
        if signedIn { metadata.append("authorization", "Bearer " + (try await self.accessToken())) }
        return CallOptions(metadata: metadata, timeout: self.options.timeout?.duration ?? patience)
    }

    /// Says with `--verbose` what a call was and how long it took, and ties its id to its error.
    private func traced<Value>(
        _ method: MethodDescriptor,
        _ id: String,
        _ body: () async throws -> Value
    ) async throws -> Value {
        let start = ContinuousClock.now
        defer { self.note("\(method.path) on \(self.server), request id \(id), \(start.duration(to: .now))") }
        do {
            return try await body()
        } catch let status as Status {
            throw FailedCall(status: status, requestID: id, server: self.server)
        }
    }

    private func note(_ line: String) {
        guard self.options.verbose else { return }
        try? self.shell.errors.write("hub: \(line)\n")  // a remark must not fail the call
    }
}
