import ArgumentParser
import Foundation
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

/// Stands in for a provider of models: in tests, and on a first run without any provider's key.
@main
struct Standin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "standin",
        abstract: "Speaks OpenAI's chat completions wire, without a model behind it.",
        discussion: """
            The answer repeats the last user message. A token is a word with the white space before it; each \
            message of a prompt counts three more, and so does the prompt.

            Callers present the key of the environment variable STANDIN_API_KEY. GET /standin/work tells, without a \
            key, what a provider would have billed, /standin/work/ID what for the request with that x-request-id; \
            with ?settled they wait until it is not being answered any more.

            What shall go wrong is written into the last user message, as in \
            [[standin: status=429 retry-after=1 times=2]]. A piece is a token of the answer, a time is like 200ms.

            \(Directive.all.map(\.help).joined(separator: "\n"))
            """
    )

    @Option(help: "Address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "Port to listen on; 0 takes a free one.")
    var port = 8091

    func run() async throws {
        guard let key = ProcessInfo.processInfo.environment["STANDIN_API_KEY"], !key.isEmpty else {
            throw ValidationError("STANDIN_API_KEY is not set; it is the key that callers must present.")
        }
        var logger = Logger(label: "standin")
        logger.logLevel = .critical
        let services = ServiceGroup(
            configuration: .init(
                services: [self.application(key: key, logger: logger)],
                cancellationSignals: [.sigterm, .sigint],
                logger: logger
            )
        )
        do {
            try await services.run()
        } catch is CancellationError {
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw AddressTaken(description: "\(self.host):\(self.port) is taken.")
        }
    }

    private func application(key: String, logger: Logger) -> some ApplicationProtocol {
        Application(
            router: Routes(key: key).router(),
            server: .http1(configuration: .init(additionalChannelHandlers: [HangUp()])),
            configuration: .init(address: .hostname(self.host, port: self.port)),
            onServerRunning: { [host] channel in
                let line = "standin listening on http://\(host):\(channel.localAddress?.port ?? 0)\n"
                FileHandle.standardOutput.write(Data(line.utf8))
            },
            logger: logger
        )
    }
}

/// Somebody else listens already.
private struct AddressTaken: Error, CustomStringConvertible {
    let description: String
}
