import Foundation
import RPC
import SwiftProtobuf

/// gRPC's service for interoperability tests.
enum InteropService {
    static let name = "grpc.testing.TestService"

    static let emptyCall = Method<Google_Protobuf_Empty, Google_Protobuf_Empty>(
        service: name,
        name: "EmptyCall",
        kind: .unary,
        safety: .query
    )
    static let unaryCall = Method<SimpleRequest, SimpleResponse>(
        service: name,
        name: "UnaryCall",
        kind: .unary,
        safety: .command
    )
    static let streamingOutputCall = Method<StreamingOutputCallRequest, StreamingOutputCallResponse>(
        service: name,
        name: "StreamingOutputCall",
        kind: .serverStreaming,
        safety: .command
    )
    static let streamingInputCall = Method<StreamingInputCallRequest, StreamingInputCallResponse>(
        service: name,
        name: "StreamingInputCall",
        kind: .clientStreaming,
        safety: .command
    )
    static let fullDuplexCall = Method<StreamingOutputCallRequest, StreamingOutputCallResponse>(
        service: name,
        name: "FullDuplexCall",
        kind: .bidirectional,
        safety: .command
    )
    /// Nobody serves it.
    static let unimplementedCall = Method<Google_Protobuf_Empty, Google_Protobuf_Empty>(
        service: name,
        name: "UnimplementedCall",
        kind: .unary,
        safety: .query
    )
    /// Of a service that nobody serves.
    static let unimplementedService = Method<Google_Protobuf_Empty, Google_Protobuf_Empty>(
        service: "grpc.testing.UnimplementedService",
        name: "UnimplementedCall",
        kind: .unary,
        safety: .query
    )

    /// The service as gRPC's test servers behave. `gates` learns of the streams that ended early.
    static func definition(_ gates: Gates) -> ServiceDefinition {
        ServiceDefinition(
            name: name,
            methods: [
                .unary(emptyCall) { request, _ in request },
                .unary(unaryCall) { request, call in
                    echoMetadata(call)
                    try fail(as: request.responseStatus)
                    return .with { $0.payload = .of(request.responseSize) }
                },
                .serverStreaming(streamingOutputCall) { request, responses, call in
                    echoMetadata(call)
                    try await answer(request, responses)
                },
                .clientStreaming(streamingInputCall) { requests, call in
                    echoMetadata(call)
                    do {
                        var size = 0
                        for try await request in requests {
                            gates.open("input began")
                            size += request.payload.body.count
                        }
                        return .with { [size] in $0.aggregatedPayloadSize = Int32(size) }
                    } catch {
                        gates.open("input cancelled")
                        throw error
                    }
                },
                .bidirectional(fullDuplexCall) { requests, responses, call in
                    echoMetadata(call)
                    gates.open("duplex began")
                    do {
                        for try await request in requests { try await answer(request, responses) }
                    } catch let error where error is CancellationError {
                        gates.open("duplex cancelled")
                        throw error
                    }
                },
            ]
        )
    }

    private static func answer(
        _ request: StreamingOutputCallRequest,
        _ responses: ResponseStream<StreamingOutputCallResponse>
    ) async throws {
        try fail(as: request.responseStatus)
        for parameters in request.responseParameters {
            try await responses.write(.with { $0.payload = .of(parameters.size) })
        }
    }

    private static func fail(as status: EchoStatus) throws {
        guard status.code != 0 else { return }
        throw Status(Status.Code(number: status.code), status.message)
    }

    private static func echoMetadata(_ call: CallContext) {
        if let initial = call.metadata["x-grpc-test-echo-initial"] {
            call.headers.append("x-grpc-test-echo-initial", initial)
        }
        if let trailing = call.metadata["x-grpc-test-echo-trailing-bin"] {
            call.trailers.append("x-grpc-test-echo-trailing-bin", trailing)
        }
    }
}

extension Payload {
    /// Zeros, a number of them.
    static func of(_ size: Int32) -> Payload {
        .with { $0.body = Data(count: Int(size)) }
    }
}
