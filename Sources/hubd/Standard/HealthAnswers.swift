import Contract
import Kernel
import RPC
import SwiftProtobuf

/// Serves `grpc.health.v1.Health` from the board.
struct HealthAnswers: HealthService {
    let board: HealthBoard

    func check(
        _ request: Grpc_Health_V1_HealthCheckRequest,
        _ call: CallContext
    ) async throws -> Grpc_Health_V1_HealthCheckResponse {
        guard let status = self.board.status(of: request.service) else {
            throw Status.hub(.notFound, "SERVICE_UNKNOWN", "There is no service \(request.service) here.")
        }
        return .with { $0.status = status }
    }

    func watch(
        _ request: Grpc_Health_V1_HealthCheckRequest,
        _ responses: ResponseStream<Grpc_Health_V1_HealthCheckResponse>,
        _ call: CallContext
    ) async throws {
        guard let changes = self.board.watch(request.service) else {
            throw Status.hub(.resourceExhausted, "TOO_MANY_WATCHERS", "Too many callers watch the hub's health.")
        }
        var last: HealthBoard.ServingStatus?
        for await status in changes where status != last {
            last = status
            try await responses.write(.with { $0.status = status })
        }
    }
}
