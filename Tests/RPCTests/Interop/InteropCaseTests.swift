import RPC
import SwiftProtobuf
import Testing

/// The cases of gRPC's interoperability tests, with its sizes, over ttRPC and over its extension.
struct InteropCaseTests {
    @Test(arguments: InteropTransport.allCases)
    func `empty_unary: no bytes each way`(transport: InteropTransport) async throws {
        try await transport.run { client, _ in
            let response = try await client.unary(InteropService.emptyCall, .init())
            #expect(response == .init())
        }
    }

    @Test(arguments: InteropTransport.allCases)
    func `empty_stream: a stream without a message ends well`(transport: InteropTransport) async throws {
        try await transport.run { client, _ in
            let count = try await client.bidirectional(InteropService.fullDuplexCall) { requests, responses in
                try await requests.finish()
                return try await responses.count()
            }

            #expect(count == 0)
        }
    }

    @Test(arguments: InteropTransport.allCases)
    func `large_unary: 271828 bytes up, 314159 down`(transport: InteropTransport) async throws {
        try await transport.run { client, _ in
            let response = try await client.unary(InteropService.unaryCall, .large)

            #expect(response.payload.body.count == 314_159)
        }
    }

    @Test(arguments: InteropTransport.allCases)
    func `concurrent_large_unary: a thousand, thirty-two at a time`(transport: InteropTransport) async throws {
        try await transport.run { client, _ in
            let sizes = try await withThrowingTaskGroup(of: Int.self) { group in
                var sizes: [Int] = []
                for index in 0..<1000 {
                    // More would meet the client's own bound on bytes that wait to be sent.
                    if index >= 32, let size = try await group.next() { sizes.append(size) }
                    group.addTask { try await client.unary(InteropService.unaryCall, .large).payload.body.count }
                }
                return try await group.reduce(into: sizes) { $0.append($1) }
            }

            #expect(sizes == Array(repeating: 314_159, count: 1000))
        }
    }

    @Test(arguments: InteropTransport.allCases)
    func `client_streaming: four requests, one sum`(transport: InteropTransport) async throws {
        try await transport.run { client, _ in
            let response = try await client.clientStreaming(InteropService.streamingInputCall) { requests in
                for size in Self.requestSizes { try await requests.write(.with { $0.payload = .of(size) }) }
            }

            #expect(response.aggregatedPayloadSize == 74_922)
        }
    }

    @Test(arguments: InteropTransport.allCases)
    func `server_streaming: four responses of the sizes asked for`(transport: InteropTransport) async throws {
        try await transport.run { client, _ in
            let request = StreamingOutputCallRequest.with { $0.responseParameters = Self.responseSizes.map { .of($0) } }

            let sizes = try await client.serverStreaming(InteropService.streamingOutputCall, request) {
                try await $0.reduce(into: []) { $0.append($1.payload.body.count) }
            }

            #expect(sizes == Self.responseSizes.map(Int.init))
        }
    }

    @Test(arguments: InteropTransport.allCases)
    func `ping_pong: requests and responses in strict turns`(transport: InteropTransport) async throws {
        try await transport.run { client, _ in
            try await client.bidirectional(InteropService.fullDuplexCall) { requests, responses in
                var iterator = responses.makeAsyncIterator()
                for (up, down) in zip(Self.requestSizes, Self.responseSizes) {
                    try await requests.write(.of(up: up, down: down))
                    let response = try await iterator.next()
                    #expect(response?.payload.body.count == Int(down))
                }
                try await requests.finish()
                let end = try await iterator.next()
                #expect(end == nil)
            }
        }
    }

    @Test func `custom_metadata: what was sent comes back, before and after a unary answer`() async throws {
        try await InteropTransport.extended.run { client, _ in
            let receipt = CallReceipt()

            _ = try await client.unary(InteropService.unaryCall, .large, .echoing(receipt))

            #expect(receipt.headers["x-grpc-test-echo-initial"] == "test_initial_metadata_value")
            #expect(receipt.trailers["x-grpc-test-echo-trailing-bin"] == "q6ur")
        }
    }

    @Test func `custom_metadata: what was sent comes back with the answer to a stream of requests`() async throws {
        try await InteropTransport.extended.run { client, _ in
            let receipt = CallReceipt()

            _ = try await client.clientStreaming(InteropService.streamingInputCall, .echoing(receipt)) { requests in
                try await requests.write(.with { $0.payload = .of(271_828) })
            }

            #expect(receipt.headers["x-grpc-test-echo-initial"] == "test_initial_metadata_value")
            #expect(receipt.trailers["x-grpc-test-echo-trailing-bin"] == "q6ur")
        }
    }

    @Test func `custom_metadata: what was sent comes back, before and after a stream`() async throws {
        try await InteropTransport.extended.run { client, _ in
            let receipt = CallReceipt()

            try await client.bidirectional(InteropService.fullDuplexCall, .echoing(receipt)) { requests, responses in
                try await requests.write(.of(up: 271_828, down: 314_159))
                try await requests.finish()
                let count = try await responses.count()
                #expect(count == 1)
            }

            #expect(receipt.headers["x-grpc-test-echo-initial"] == "test_initial_metadata_value")
            #expect(receipt.trailers["x-grpc-test-echo-trailing-bin"] == "q6ur")
        }
    }

    @Test(arguments: InteropTransport.allCases)
    func `status_code_and_message: an error comes as thrown`(transport: InteropTransport) async throws {
        try await transport.run { client, _ in
            let status = EchoStatus.with { ($0.code, $0.message) = (2, "test status message") }

            let unary = await #expect(throws: Status.self) {
                try await client.unary(InteropService.unaryCall, .with { $0.responseStatus = status })
            }
            let stream = await #expect(throws: Status.self) {
                try await client.bidirectional(InteropService.fullDuplexCall) { requests, responses in
                    try await requests.write(.with { $0.responseStatus = status })
                    _ = try await responses.count()
                }
            }

            #expect(unary == Status(.unknown, "test status message"))
            #expect(stream == Status(.unknown, "test status message"))
        }
    }

    @Test(arguments: InteropTransport.allCases)
    func `special_status_message: whitespace and characters of every plane stay`(
        transport: InteropTransport
    ) async throws {
        try await transport.run { client, _ in
            let message = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"
            let request = SimpleRequest.with { $0.responseStatus = .with { ($0.code, $0.message) = (2, message) } }

            let status = await #expect(throws: Status.self) {
                try await client.unary(InteropService.unaryCall, request)
            }

            #expect(status?.message == message)
        }
    }

    @Test(arguments: InteropTransport.allCases)
    func `unimplemented_method, unimplemented_service`(transport: InteropTransport) async throws {
        try await transport.run { client, _ in
            for method in [InteropService.unimplementedCall, InteropService.unimplementedService] {
                let status = await #expect(throws: Status.self) { try await client.unary(method, .init()) }

                #expect(status?.code == .unimplemented)
            }
        }
    }

    @Test(arguments: InteropTransport.allCases)
    func `cancel_after_begin: the call ends here, and the handler is cancelled too`(
        transport: InteropTransport
    ) async throws {
        try await transport.run { client, gates in
            let call = Task {
                try await client.clientStreaming(InteropService.streamingInputCall) { requests in
                    try await requests.write(.with { $0.payload = .of(1) })
                    await gates.waitIgnoringCancellation("input began")
                    withUnsafeCurrentTask { $0?.cancel() }
                }
            }

            await #expect(throws: CancellationError.self) { try await call.value }
            await gates.waitIgnoringCancellation("input cancelled")
        }
    }

    @Test(arguments: InteropTransport.allCases)
    func `cancel_after_first_response: the call ends here, and the handler is cancelled too`(
        transport: InteropTransport
    ) async throws {
        try await transport.run { client, gates in
            let call = Task {
                try await client.bidirectional(InteropService.fullDuplexCall) { requests, responses in
                    var iterator = responses.makeAsyncIterator()
                    try await requests.write(.of(up: 27_182, down: 31_415))
                    let response = try await iterator.next()
                    #expect(response?.payload.body.count == 31_415)
                    withUnsafeCurrentTask { $0?.cancel() }
                    _ = try await iterator.next()
                }
            }

            await #expect(throws: CancellationError.self) { try await call.value }
            await gates.waitIgnoringCancellation("duplex cancelled")
        }
    }

    @Test(arguments: InteropTransport.allCases)
    func `timeout_on_sleeping_server: the deadline ends the call and its handler`(
        transport: InteropTransport
    ) async throws {
        try await transport.run { client, gates in
            var timeout = Duration.milliseconds(1)
            repeat {
                let status = await #expect(throws: Status.self) {
                    try await client.bidirectional(InteropService.fullDuplexCall, .init(timeout: timeout)) {
                        _ = try await $1.count()
                    }
                }
                #expect(status?.code == .deadlineExceeded)
                timeout *= 2  // in a millisecond not every request gets as far as its handler
            } while !gates.isOpen("duplex began")

            await gates.waitIgnoringCancellation("duplex cancelled")
        }
    }
}

extension InteropCaseTests {
    private static let requestSizes: [Int32] = [27_182, 8, 1828, 45_904]
    private static let responseSizes: [Int32] = [31_415, 9, 2653, 58_979]
}

extension StreamingOutputCallRequest {
    fileprivate static func of(up: Int32, down: Int32) -> StreamingOutputCallRequest {
        .with {
            $0.payload = .of(up)
            $0.responseParameters = [.of(down)]
        }
    }
}

extension ResponseSequence {
    /// How many elements come.
    fileprivate func count() async throws -> Int {
        var count = 0
        for try await _ in self { count += 1 }
        return count
    }
}
