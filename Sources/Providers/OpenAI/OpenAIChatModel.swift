import AsyncHTTPClient
import Foundation
package import Inference
package import Logging
package import NIOCore
import NIOHTTP1

/// Models behind OpenAI's chat completions wire, at OpenAI or at who speaks it too.
package final class OpenAIChatModel: ChatModel {
    /// How long the provider may keep us waiting.
    package struct Patience: Sendable {
        /// For a connection.
        package var connect: Duration
        /// For the first byte of the answer.
        package var firstByte: Duration
        /// For the next byte.
        package var nextByte: Duration

        package init(
            connect: Duration = .seconds(5),
            firstByte: Duration = .seconds(60),
            nextByte: Duration = .seconds(30)
        ) {
            self.connect = connect
            self.firstByte = firstByte
            self.nextByte = nextByte
        }
    }

    /// The base URL is not an http or https URL.
    package struct InvalidBaseURL: Error {}

    private let client: HTTPClient
    private let endpoint: String
    private let authorization: String
    private let patience: Patience
    private let retries: RetryPolicy
    private let clock: any Clock<Duration>
    private let logger: Logger

    /// Calls nobody yet.
    ///
    /// > Important: `close()` it at the end.
    ///
    /// - Parameters:
    ///   - baseURL: what comes before `/chat/completions`, such as `https://api.openai.com/v1`.
    ///   - key: our key there; never logged.
    ///   - patience: how long the provider may keep us waiting.
    ///   - retries: when it is asked again.
    ///   - connections: most calls at a time over HTTP/1; more wait for one to end, as long as for a connection.
    ///   - group: runs the connections.
    ///   - clock: measures the waits between calls.
    ///   - logger: is told of failed calls, at level critical if they need an operator.
    /// - Throws: `InvalidBaseURL`.
    package init(
        baseURL: String,
        key: String,
        patience: Patience = Patience(),
        retries: RetryPolicy = RetryPolicy(),
        connections: Int = 1024,
        group: any EventLoopGroup = HTTPClient.defaultEventLoopGroup,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) throws(InvalidBaseURL) {
        guard
            let url = URL(string: baseURL), ["http", "https"].contains(url.scheme), url.host() != nil
        else { throw InvalidBaseURL() }
        self.endpoint = "\(baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL)/chat/completions"
        self.authorization = "Bearer \(key)"
        self.patience = patience
        self.retries = retries
        self.clock = clock
        self.logger = logger
        self.client = HTTPClient(
            eventLoopGroup: group,
            configuration: Self.configuration(connect: patience.connect, connections: connections)
        )
    }

    /// Ends the connections. Calls that still run fail.
    package func close() async throws { try await self.client.shutdown() }

    package func stream(
        _ prompt: ChatPrompt,
        _ receive: @escaping (ChatEvent) async throws -> Void
    ) async throws -> ChatCompletion {
        let body = try JSONEncoder().encode(OpenAIRequest(prompt))
        var attempt = 1
        while true {
            do {
                return try await self.call(prompt, ByteBuffer(bytes: body), receive)
            } catch let failure as ChatModelFailure {
                let delay = self.retries.delay(after: failure, attempt: attempt)
                self.log(failure, of: prompt, attempt: attempt, delay: delay)
                guard let delay else { throw failure }
                // Who leaves while we wait has cost nothing yet, which the failure says and a cancellation does not.
                do { try await self.clock.sleep(for: delay) } catch { throw failure }
                attempt += 1
            }
        }
    }

    /// Calls the provider once.
    private func call(
        _ prompt: ChatPrompt,
        _ body: ByteBuffer,
        _ receive: @escaping (ChatEvent) async throws -> Void
    ) async throws -> ChatCompletion {
        var request = HTTPClientRequest(url: self.endpoint)
        request.method = .POST
        request.headers = [
            "authorization": self.authorization,
            "content-type": "application/json",
            "accept": "text/event-stream",
            "x-request-id": prompt.requestID,
        ]
        let call = OpenAICall(request, body: body, by: self.client, patience: self.patience)
        return try await call.run(prompt, receive)
    }

    private func log(_ failure: ChatModelFailure, of prompt: ChatPrompt, attempt: Int, delay: Duration?) {
        self.logger.log(
            level: failure.needsOperator ? .critical : .warning,
            "A call of a model failed",
            metadata: [
                "model": "\(prompt.model)", "request-id": "\(prompt.requestID)", "attempt": "\(attempt)",
                "phase": "\(failure.phase)", "reason": "\(failure.message)",
                "next-after": "\(delay.map { "\($0)" } ?? "never")",
            ]
        )
    }

    private static func configuration(connect: Duration, connections: Int) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,  // our key goes where we were told, nowhere else
            timeout: .init(connect: TimeAmount(connect)),
            // Providers close idle connections after a minute or more; a request must not meet one that just closes.
            connectionPool: .init(idleTimeout: .seconds(15)),
            decompression: .disabled
        )
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        configuration.connectionPool.retryConnectionEstablishment = false  // `RetryPolicy` decides
        return configuration
    }
}
