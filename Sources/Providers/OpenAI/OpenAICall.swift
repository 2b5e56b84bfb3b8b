import AsyncHTTPClient
import Inference
import NIOCore
import NIOHTTP1

/// One request to the provider and the reading of its answer.
struct OpenAICall {
    /// Bytes of an error response that are read at most.
    private static let errorLimit = 64 * 1024

    private let request: HTTPClientRequest
    private let body: OutgoingBody
    private let client: HTTPClient
    private let patience: OpenAIChatModel.Patience

    init(_ request: HTTPClientRequest, body: ByteBuffer, by client: HTTPClient, patience: OpenAIChatModel.Patience) {
        self.body = OutgoingBody(body)
        self.request = request
        self.client = client
        self.patience = patience
    }

    func run(
        _ prompt: ChatPrompt,
        _ receive: @escaping (ChatEvent) async throws -> Void
    ) async throws -> ChatCompletion {
        let tick = min(self.patience.firstByte, self.patience.nextByte) / 4
        return try await Watchdog.guarding(every: tick) { watchdog in
            let response = try await self.send(watchdog)
            guard response.status == .ok else { throw await self.refusal(response, watchdog) }
            return try await self.read(response.body, of: prompt, watchdog, receive)
        }
    }

    private func send(_ watchdog: Watchdog) async throws -> HTTPClientResponse {
        var request = self.request
        request.body = .stream(self.body, length: .known(Int64(self.body.bytes.readableBytes)))
        do {
            return try await watchdog.wait(atMost: self.patience.firstByte) {
                try await self.client.execute(request, deadline: .distantFuture)
            }
        } catch {
            if !(error is Watchdog.TimedOut) { try Task.checkCancellation() }
            throw ChatModelFailure(self.body.wasTaken ? .ambiguous : .notSent, "no response: \(error)")
        }
    }

    /// Reads what the provider says about its refusal. What does not come in time is done without.
    private func refusal(_ response: HTTPClientResponse, _ watchdog: Watchdog) async -> ChatModelFailure {
        var bytes: [UInt8] = []
        var body = response.body.makeAsyncIterator()
        while bytes.count < Self.errorLimit {
            let part = try? await watchdog.wait(atMost: self.patience.nextByte) {
                try await body.next(isolation: #isolation)
            }
            guard let part else { break }
            bytes += part.readableBytesView
        }
        return OpenAIRefusal(status: Int(response.status.code), headers: response.headers, body: bytes).failure
    }

    private func read(
        _ body: HTTPClientResponse.Body,
        of prompt: ChatPrompt,
        _ watchdog: Watchdog,
        _ receive: (ChatEvent) async throws -> Void
    ) async throws -> ChatCompletion {
        var answer = OpenAIAnswer(to: prompt)
        var parser = EventStreamParser()
        var parts = body.makeAsyncIterator()
        var limit = self.patience.firstByte
        while let part = try await self.next(of: &parts, within: limit, answer, watchdog) {
            do {
                for event in try parser.feed(part.readableBytesView) where !answer.isComplete {
                    if case .text(let text) = try answer.take(event) { try await receive(.text(text)) }
                }
            } catch let error as OpenAIAnswer.Broken {
                throw self.failure(error.message, answer)
            } catch is EventStreamParser.EventTooLarge {
                throw self.failure("an event of the stream is too large", answer)
            }
            limit = self.patience.nextByte
        }
        guard answer.isComplete else { throw self.failure("the stream ended without [DONE]", answer) }
        return answer.completion
    }

    /// The next part of the response. Behind the answer's end only the end of the response is left to wait for, so
    /// that the connection can be used again, and nothing can go wrong any more.
    private func next(
        of parts: inout HTTPClientResponse.Body.AsyncIterator,
        within limit: Duration,
        _ answer: OpenAIAnswer,
        _ watchdog: Watchdog
    ) async throws -> ByteBuffer? {
        do {
            return try await watchdog.wait(atMost: answer.isComplete ? .zero : limit) {
                try await parts.next(isolation: #isolation)
            }
        } catch {
            if answer.isComplete { return nil }
            if !(error is Watchdog.TimedOut) { try Task.checkCancellation() }
            throw self.failure("the stream broke: \(error)", answer)
        }
    }

    private func failure(_ message: String, _ answer: OpenAIAnswer) -> ChatModelFailure {
        ChatModelFailure(answer.hasText ? .midStream : .ambiguous, message, usage: answer.completion.usage)
    }
}
