import ArgumentParser
import RPC
import SwiftProtobuf

/// A command that calls one method of the contract. The generator writes them, a type per method.
protocol MethodCommand: HubCommand {
    associatedtype Request: Message & Sendable
    associatedtype Response: Tabular & Sendable

    static var method: Method<Request, Response> { get }
    /// Whether the method wants to know who calls.
    static var needsSignIn: Bool { get }
    /// The request's `request_id`; `nil` for a request without one.
    static var requestID: WritableKeyPath<Request, String>? { get }

    var call: CallArguments { get }

    /// Puts what the command line says into the request.
    func fill(_ request: inout Request, in shell: Shell) throws
}

extension MethodCommand {
    static var needsSignIn: Bool { true }
    static var requestID: WritableKeyPath<Request, String>? { nil }

    func run(in shell: Shell) async throws {
        let request = try self.request(in: shell)
        try await Connection.open(self.call.options, in: shell) { connection in
            try await connection.answer(
                Self.method,
                request,
                id: Self.requestID.map { request[keyPath: $0] } ?? RequestID.fresh(),
                signedIn: Self.needsSignIn
            )
        }
    }

    /// What `--json` holds, with the other options on top, and a request id if none was given.
    func request(in shell: Shell) throws -> Request {
        var request = try self.call.json?.message(in: shell) ?? Request()
        try self.fill(&request, in: shell)
        if let id = Self.requestID, request[keyPath: id].isEmpty { request[keyPath: id] = RequestID.fresh() }
        return request
    }
}

extension Connection {
    /// Calls a method and prints its answer, of whichever kind it is.
    func answer<Request, Response: Tabular>(
        _ method: Method<Request, Response>,
        _ request: Request,
        id: String = RequestID.fresh(),
        signedIn: Bool = true
    ) async throws {
        var printer = Printer(shell: self.shell, format: self.options.output)
        switch method.descriptor.kind {
        case .unary:
            try printer.show(await self.call(method, request, id: id, signedIn: signedIn))
        case .serverStreaming:
            try await self.stream(method, request, id: id, signedIn: signedIn) { responses in
                var printer = Printer(shell: self.shell, format: self.options.output)
                defer { printer.endLine() }
                for try await response in responses { try printer.show(response) }
            }
        case .clientStreaming, .bidirectional:
            preconditionFailure("The generator makes no command for a method that takes a stream.")
        }
    }
}
