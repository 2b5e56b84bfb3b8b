import ArgumentParser

/// Options that every command takes, also in front of its name.
struct GlobalOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Where the hub listens: host:port or unix:/path. Without it: $HUB_SERVER, else where you signed in, else \
            \(ServerAddress.standard).
            """,
            valueName: "address"
        )
    )
    var server: ServerAddress?

    @Option(
        help: ArgumentHelp("How answers are printed; json is proto3 JSON, one object per line.", valueName: "format")
    )
    var output = OutputFormat.table

    @Option(
        help: ArgumentHelp(
            "How long a call may take. Without it: 30, a stream as long as it needs.",
            valueName: "seconds"
        )
    )
    var timeout: Seconds?

    @Option(
        help: ArgumentHelp(
            """
            Connect with TLS and trust the authorities in this PEM file, or those of this machine for `system`. Without \
            it: $HUB_TLS_CA, else as where you signed in.
            """,
            valueName: "file|system"
        ),
        completion: .file()
    )
    var tlsCa: String?

    @Option(
        help: ArgumentHelp(
            "Name in the hub's certificate, if it is not the host. Without it: $HUB_TLS_SERVER_NAME.",
            valueName: "name"
        )
    )
    var tlsServerName: String?

    @Option(
        help: ArgumentHelp(
            "Certificate for a hub that demands one. Without it: $HUB_TLS_CERTIFICATE.",
            valueName: "file"
        ),
        completion: .file()
    )
    var tlsCertificate: String?

    @Option(
        help: ArgumentHelp("Key of that certificate. Without it: $HUB_TLS_KEY.", valueName: "file"),
        completion: .file()
    )
    var tlsKey: String?

    @Flag(name: .shortAndLong, help: "Say on standard error what is called, under which request id, and for how long.")
    var verbose = false
}

/// How answers are printed.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    case table, json
}

/// A positive length of time, in seconds.
struct Seconds: ExpressibleByArgument, Equatable {
    let duration: Duration

    init?(argument: String) {
        guard let seconds = Double(argument), seconds > 0, seconds <= 86_400 else { return nil }
        self.duration = .milliseconds(Int((seconds * 1_000).rounded(.up)))
    }
}
