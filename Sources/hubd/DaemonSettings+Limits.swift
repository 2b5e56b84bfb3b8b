import RPC
import Settings

extension DaemonSettings {
    /// The bounds of the RPC server that depend on where it runs; the others have one good value.
    static let declaredLimits = [
        Setting("rpc.max-connections", "Connections at a time, 1 to 1000000.", default: "16384"),
        Setting(
            "rpc.max-connections-per-address",
            "Connections at a time from one address, up to 1000000; 0 is any number.",
            default: "0"
        ),
        Setting("rpc.max-calls", "Calls running at a time on one connection, 1 to 100000.", default: "1024"),
        Setting("rpc.max-message-bytes", "The longest message accepted, 65536 to 4194304.", default: "4194304"),
        Setting(
            "rpc.first-frame-seconds",
            "How long a new connection may stay silent, up to 86400; 0 is for ever.",
            default: "60"
        ),
        Setting(
            "rpc.max-age-seconds",
            "Age at which a connection is replaced, up to 31536000; 0 is never. Plain ttRPC clients keep theirs.",
            default: "0"
        ),
        Setting(
            "rpc.max-idle-seconds",
            "Rest without a call after which a connection ends, up to 31536000; 0 is never.",
            default: "0"
        ),
        Setting(
            "rpc.max-grace-seconds",
            "How long calls may finish on a connection that ends of age or rest, up to 86400; 0 is any time.",
            default: "0"
        ),
        Setting(
            "rpc.keepalive-seconds",
            "Silence after which a client is asked for a sign of life, up to 86400; 0 is never.",
            default: "7200"
        ),
    ]

    /// The server's configuration with these bounds.
    static func limits(_ settings: Settings) throws -> ServerConfiguration {
        let year = 365 * 24 * 60 * 60
        let day = 24 * 60 * 60
        var limits = ServerConfiguration()
        limits.maxConnections = try settings.int("rpc.max-connections", in: 1...1_000_000)
        let perAddress = try settings.int("rpc.max-connections-per-address", in: 0...1_000_000)
        limits.maxConnectionsPerAddress = perAddress == 0 ? nil : perAddress
        limits.maxConcurrentCalls = try settings.int("rpc.max-calls", in: 1...100_000)
        limits.maxFrameBody = try settings.int("rpc.max-message-bytes", in: 65_536...4_194_304)
        limits.extensionSettings?.maxMessage = limits.maxFrameBody
        limits.firstFrameTimeout = try Self.time("rpc.first-frame-seconds", upTo: day, settings)
        limits.maxAge = try Self.time("rpc.max-age-seconds", upTo: year, settings)
        limits.maxIdle = try Self.time("rpc.max-idle-seconds", upTo: year, settings)
        limits.maxGrace = try Self.time("rpc.max-grace-seconds", upTo: day, settings)
        limits.keepaliveInterval = try Self.time("rpc.keepalive-seconds", upTo: day, settings)
        return limits
    }

    /// A time in seconds; 0 is none.
    private static func time(_ key: String, upTo most: Int, _ settings: Settings) throws -> Duration? {
        let seconds = try settings.int(key, in: 0...most)
        return seconds == 0 ? nil : .seconds(seconds)
    }
}
