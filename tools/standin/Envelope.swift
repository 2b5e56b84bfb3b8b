import Foundation
import HTTPTypes
import Hummingbird

/// What all answers of the provider have in common: the key check, the headers, the form of errors.
struct Envelope: RouterMiddleware {
    let key: String

    func handle(
        _ request: Request,
        context: Connection,
        next: @concurrent (Request, Connection) async throws -> Response
    ) async throws -> Response {
        guard request.uri.path.hasPrefix("/v1/") else { return try await next(request, context) }
        let start = ContinuousClock.now
        var response: Response
        do {
            guard request.headers[.authorization] == "Bearer \(self.key)" else { throw APIError.noKey }
            response = try await next(request, context)
        } catch let error as APIError {
            response = try Response.refusal(error)
        } catch let error as HTTPError {
            let message = "Invalid request (\(request.method) \(request.uri.path))"
            response = try Response.refusal(APIError(error.status.code, "invalid_request_error", message))
        }
        response.headers.append(contentsOf: Self.headers)
        response.headers[.requestID] = "req_\(UUID().uuidString.lowercased().filter { $0 != "-" })"
        response.headers[.processingTime] = "\(Int((ContinuousClock.now - start) / .milliseconds(1)))"
        return response
    }

    private static let headers: HTTPFields = {
        var fields: HTTPFields = [.version: "2020-10-01", .organization: "standin"]
        for (name, value) in ["limit": "10000", "remaining": "9999", "reset": "6ms"] {
            fields[.rateLimit(name, of: "requests")] = value
            fields[.rateLimit(name, of: "tokens")] = value
        }
        return fields
    }()
}
