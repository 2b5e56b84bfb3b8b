import RPC
import SwiftProtobuf

/// Serves `StreamingService`.
enum StreamingHandlers {
    static let definition = ServiceDefinition(
        name: StreamingService.name,
        methods: [
            .unary(StreamingService.echo) { request, _ in request.next },
            .bidirectional(StreamingService.echoStream) { requests, responses, _ in
                for try await request in requests { try await responses.write(request.next) }
            },
            .clientStreaming(StreamingService.sumStream) { requests, _ in
                var sum = Sum()
                for try await part in requests {
                    sum.seconds += Int64(part.value)
                    sum.nanos += 1
                }
                return sum
            },
            .serverStreaming(StreamingService.divideStream) { sum, responses, _ in
                for part in Self.parts(of: sum) { try await responses.write(Part(part)) }
            },
            .clientStreaming(StreamingService.echoNull) { requests, _ in
                var expected = 0
                for try await request in requests {
                    try Self.check(request, is: expected)
                    expected += 1
                }
                return Google_Protobuf_Empty()
            },
            .bidirectional(StreamingService.echoNullStream) { requests, responses, _ in
                try await withThrowingDiscardingTaskGroup { group in
                    var expected = 0
                    for try await request in requests {
                        try Self.check(request, is: expected)
                        expected += 1
                        for _ in 0..<10 { group.addTask { try await responses.write(Google_Protobuf_Empty()) } }
                    }
                }
            },
            .serverStreaming(StreamingService.emptyPayloadStream) { _, responses, _ in
                try await responses.write(.of(1, "Hello"))
                try await responses.write(.of(2, "again"))
            },
        ]
    )

    /// At least three parts with the sum, the first and the last of them nothing.
    private static func parts(of sum: Sum) -> [Int32] {
        let middle = max(1, Int(sum.nanos) - 2)
        let numbers = (1..<max(1, middle)).map { Int32($0 * 37 % 1000 - 500) }
        return [0] + numbers + [Int32(sum.seconds) - numbers.reduce(0, +), 0]
    }

    private static func check(_ payload: EchoPayload, is expected: Int) throws {
        guard payload != .of(expected, StreamingService.nullText) else { return }
        throw Status(.invalidArgument, "This is not payload \(expected).", reason: "UNEXPECTED_PAYLOAD", domain: "test")
    }
}
