import Foundation
import HTTPTypes
import Hummingbird

/// What the stand-in serves.
struct Routes: Sendable {
    let key: String
    private let work = Work()

    init(key: String) { self.key = key }

    func router() -> Router<Connection> {
        let router = Router(context: Connection.self)
        router.get("standin/work", use: self.report)
        router.get("standin/work/{id}", use: self.reportOfRequest)
        let provider = router.group().add(middleware: Envelope(key: self.key))
        provider.get("v1/models") { _, _ in try Response.json(ModelList()) }
        provider.get("v1/models/{id}") { _, connection in
            let id = try connection.parameters.require("id")
            guard let model = Model.all.first(where: { $0.id == id }) else { throw APIError.noModel(id) }
            return try Response.json(model)
        }
        provider.post("v1/chat/completions", use: self.complete)
        return router
    }

    private func report(_ request: Request, _ connection: Connection) async throws -> Response {
        try await self.settle(request, connection) { self.work.report.total.open > 0 }
        return try Response.json(self.work.report)
    }

    private func reportOfRequest(_ request: Request, _ connection: Connection) async throws -> Response {
        let id = try connection.parameters.require("id")
        try await self.settle(request, connection) { self.work.figures(of: id).open > 0 }
        return try Response.json(self.work.figures(of: id))
    }

    private func settle(_ request: Request, _ connection: Connection, _ isOpen: () -> Bool) async throws {
        guard request.uri.queryParameters["settled"] != nil else { return }
        while isOpen() { try await connection.wait(for: .milliseconds(2)) }
    }

    private func complete(_ request: Request, _ connection: Connection) async throws -> Response {
        let body = try await request.body.collect(upTo: 8 << 20)
        guard let chat = try? JSONDecoder().decode(ChatRequest.self, from: Data(body.readableBytesView)) else {
            throw APIError.invalid("We could not parse the JSON body of your request.", param: nil)
        }
        try chat.validate()
        let requestID = request.headers[.requestID] ?? UUID().uuidString
        return try await ChatCall(chat, requestID: requestID, on: connection, work: self.work).respond()
    }
}
