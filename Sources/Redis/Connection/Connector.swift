import NIOCore
import NIOPosix

/// Opens connections and signs in.
struct Connector {
    let address: RedisAddress
    let configuration: RedisConfiguration

    /// A connection that has answered; or why there is none, and then it is closed.
    func connect(on loop: any EventLoop, _ events: CommandHandler.Events) -> EventLoopFuture<any Channel> {
        let configuration = self.configuration
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(configuration.connectTimeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(CommandHandler(configuration, events))
                }
            }
        let connected =
            switch self.address {
            case .tcp(let host, let port): bootstrap.connect(host: host, port: port)
            case .unix(let path): bootstrap.connect(unixDomainSocketPath: path)
            }
        return connected.flatMap { channel in
            self.signIn(on: channel).flatMapError { error in
                channel.close(promise: nil)
                return channel.closeFuture.flatMapThrowing { throw error }
            }
        }
    }

    private func signIn(on channel: any Channel) -> EventLoopFuture<any Channel> {
        do {
            let handler = try channel.pipeline.syncOperations.handler(type: CommandHandler.self)
            let replies = try self.greeting.map { words in
                let promise = channel.eventLoop.makePromise(of: Reply.self)
                let pending = PendingReply(try Command(formatting: words.map { Array($0.utf8) }), isOwn: true)
                _ = pending.wait { promise.completeWith($0) }
                handler.append(pending)
                return promise.futureResult
            }
            handler.flush()
            return EventLoopFuture.whenAllSucceed(replies, on: channel.eventLoop).flatMapThrowing { replies in
                for case .error(let message) in replies { throw RedisError(.unavailable, message) }
                return channel
            }
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
    }

    /// Signs in if wanted, and finds out whether a server that is ready answers.
    private var greeting: [[String]] {
        var commands: [[String]] = []
        if let password = self.configuration.password {
            commands.append(["AUTH"] + (self.configuration.username.map { [$0] } ?? []) + [password])
        }
        if self.configuration.database != 0 { commands.append(["SELECT", String(self.configuration.database)]) }
        return commands + [["PING"]]
    }
}
