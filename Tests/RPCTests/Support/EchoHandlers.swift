import NIOPosix
import RPC
import SwiftProtobuf

/// Serves `EchoService`. Each handler that waits says so by opening the gate "<name> began", and "<name> cancelled" or
/// "<name> ended" when it is over.
struct EchoHandlers: Sendable {
    let gates = Gates()

    var definition: ServiceDefinition {
        ServiceDefinition(
            name: EchoService.name,
            methods: [
                .unary(EchoService.echo) { request, _ in request },
                .unary(EchoService.fail) { request, _ in throw Self.error(named: request.key) },
                .unary(EchoService.metadata) { request, call in
                    .with { $0.value = call.metadata.values(for: request.key).joined(separator: ",") }
                },
                .unary(EchoService.wait) { request, _ in
                    try await self.wait(request.key)
                    return request
                },
                .unary(EchoService.large) { request, _ in
                    .with { $0.value = String(repeating: "x", count: Int(request.key) ?? 0) }
                },
                .serverStreaming(EchoService.count) { request, responses, _ in
                    for number in 0..<(Int(request.key) ?? 0) {
                        try await responses.write(.with { $0.key = "\(number)" })
                    }
                },
                .serverStreaming(EchoService.endless) { request, responses, _ in
                    self.gates.open("endless began")
                    defer { self.gates.open("endless ended") }
                    while true { try await responses.write(request) }
                },
                .serverStreaming(EchoService.pause) { request, responses, _ in
                    try await responses.write(request)
                    try await self.wait(request.key)
                },
                .serverStreaming(EchoService.elsewhere) { _, responses, _ in
                    for _ in 0..<3 { await Task.yield() }
                    let wasOnLoop = MultiThreadedEventLoopGroup.currentEventLoop != nil
                    let task = Task.detached {
                        let isOnLoop = MultiThreadedEventLoopGroup.currentEventLoop != nil
                        try await responses.write(.of("\(wasOnLoop)", value: "\(isOnLoop)"))
                    }
                    try await task.value
                },
                .serverStreaming(EchoService.breakOff) { request, responses, _ in
                    try await responses.write(request)
                    throw Status(.dataLoss, "It broke.", reason: "BROKE")
                },
            ] + self.streamingClients + self.extendedMethods
        )
    }

    private var extendedMethods: [MethodHandler] {
        [
            .unary(EchoService.stubborn) { request, _ in
                await self.gates.waitIgnoringCancellation(request.key)
                return request
            },
            .unary(EchoService.adorned) { request, call in
                (call.headers, call.trailers) = (["h": "1"], ["t": "2"])
                if request.key == "fail" { throw Self.error(named: "status") }
                return request
            },
            .unary(EchoService.adornedLarge) { request, call in
                (call.headers, call.trailers) = (["h": "1"], ["t": "2"])
                return .with { $0.value = String(repeating: "x", count: Int(request.key) ?? 0) }
            },
            .unary(EchoService.failAtLength) { _, call in
                call.headers = ["h": String(repeating: "h", count: 8 * 1024 - 1)]
                call.trailers = ["t": String(repeating: "t", count: 8 * 1024 - 1)]
                let resource = Google_Rpc_ResourceInfo.with { $0.owner = String(repeating: "o", count: 8000) }
                throw Status(.notFound, "Nothing is there.", reason: "NOTHING", details: [resource])
            },
            .serverStreaming(EchoService.adornedStream) { request, responses, call in
                (call.headers, call.trailers) = (["h": "1"], ["t": "2"])
                if request.key == "fail" { throw Self.error(named: "status") }
                if request.key != "none" { try await responses.write(request) }
            },
            .serverStreaming(EchoService.largeStream) { request, responses, _ in
                try await responses.write(.with { $0.value = String(repeating: "x", count: Int(request.key) ?? 0) })
            },
        ]
    }

    private var streamingClients: [MethodHandler] {
        [
            .clientStreaming(EchoService.join) { requests, _ in try await self.join(requests) },
            .clientStreaming(EchoService.joinLate) { requests, _ in
                try await self.wait("join")
                return try await self.join(requests)
            },
            .clientStreaming(EchoService.first) { requests, _ in
                for try await request in requests { return request }
                return .of("none")
            },
            .bidirectional(EchoService.talk) { requests, responses, _ in
                for try await request in requests { try await responses.write(request) }
            },
            .bidirectional(EchoService.talkLate) { requests, responses, _ in
                try await self.wait("join")
                for try await request in requests { try await responses.write(request) }
            },
            .bidirectional(EchoService.greet) { requests, responses, _ in
                self.gates.open("greet began")
                defer { self.gates.open("greet ended") }
                try await responses.write(.of("hello"))
                for try await _ in requests {}
            },
        ]
    }

    private func join(_ requests: RequestSequence<Ttrpc_KeyValue>) async throws -> Ttrpc_KeyValue {
        var keys: [String] = []
        for try await request in requests { keys.append(request.key) }
        return .of(keys.joined(separator: ","))
    }

    private func wait(_ name: String) async throws {
        self.gates.open("\(name) began")
        do {
            try await self.gates.pass(name)
            self.gates.open("\(name) ended")
        } catch {
            self.gates.open("\(name) cancelled")
            throw error
        }
    }

    private static func error(named name: String) -> any Error {
        switch name {
        case "status":
            Status(
                .failedPrecondition,
                "Not now. \u{1F980}",
                reason: "NOT_NOW",
                domain: "test",
                details: [Google_Rpc_RetryInfo.with { $0.retryDelay = .with { $0.nanos = 5_000_000 } }]
            )
        case "ok": Status(.ok, "fine")
        case "cancellation": CancellationError()
        case "convertible": ConvertibleError()
        default: SecretError()
        }
    }
}

/// An error no client may see.
struct SecretError: Error {}

/// An error that knows its status.
struct ConvertibleError: StatusConvertible {
    var status: Status { Status(.aborted, "Try again.", reason: "CONFLICT") }
}
