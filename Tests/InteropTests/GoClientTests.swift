import RPC
import Support
import Testing

/// A client in Go calls our server. The client counts what it reads: nothing but responses of the base protocol may come.
@Suite(.timeLimit(.minutes(5))) struct GoClientTests {
    /// Unknown to the client, which knows statuses by names of its own.
    private static let names = [
        "Canceled", "Unknown", "InvalidArgument", "DeadlineExceeded", "NotFound", "AlreadyExists", "PermissionDenied",
        "ResourceExhausted", "FailedPrecondition", "Aborted", "OutOfRange", "Unimplemented", "Internal", "Unavailable",
        "DataLoss", "Unauthenticated",
    ]

    @Test func `gets back what it sent, from nothing to the longest frame, over TCP and a unix socket`() async throws {
        let peer = try await GoPeer.built()
        let socket = try ScratchFolder.make("rpc") + "/rpc.sock"

        for address in [.tcp(host: "127.0.0.1", port: 0), .unix(path: socket)] as [Server.Address] {
            let report = try await InteropServer.with(on: address) { _, _, address in
                try await peer.call("payloads", at: address)
            }

            #expect(report.isClean, "\(report.errors)")
            #expect(report.output.filter { $0.hasSuffix("equal true error <nil>") }.count == 7, "\(report.output)")
        }
    }

    @Test func `has 64 calls at a time on one connection`() async throws {
        let peer = try await GoPeer.built()

        let report = try await InteropServer.with { _, _, address in try await peer.call("concurrent", at: address) }

        #expect(report["concurrent"] == "3200 equal")
        #expect(report["frames"] == "3200 responses, 0 others")
        #expect(report.isClean, "\(report.errors)")
    }

    @Test func `sees codes, messages and details of errors, and calls on`() async throws {
        let peer = try await GoPeer.built()

        let report = try await InteropServer.with { _, _, address in try await peer.call("errors", at: address) }

        for (index, name) in Self.names.enumerated() {
            let expected = "status \(name) \"Not now. 🦀\\n\\ttest\" REASON_\(index + 1)"
            #expect(report["fail \(index + 1)"] == expected)
        }
        #expect(report["unknown method"]?.hasPrefix("status Unimplemented ") == true)
        #expect(report["unknown service"]?.hasPrefix("status Unimplemented ") == true)
        #expect(report["rubbish"]?.hasPrefix("status InvalidArgument ") == true)
        #expect(report["after"] == #""still" "here""#)
        #expect(report.isClean, "\(report.errors)")
    }

    @Test func `sends metadata, with several values and any case, up to the limit`() async throws {
        let peer = try await GoPeer.built()

        let report = try await InteropServer.with { _, _, address in try await peer.call("metadata", at: address) }

        #expect(report["tag"] == #""" "a,b""#)
        #expect(report["mixed"] == #""" "c""#)
        #expect(report["none"] == #""" """#)
        #expect(report["long"] == "true")
        #expect(report["too much"]?.hasPrefix("status ResourceExhausted ") == true)
        #expect(report["after"] == #""" "a,b""#)
        #expect(report.isClean, "\(report.errors)")
    }

    @Test func `is told by our server that its time is up, were it negative, short or long`() async throws {
        let peer = try await GoPeer.built()

        let report = try await InteropServer.with { _, _, address in try await peer.call("deadlines", at: address) }

        for timeout in ["-9223372036854775808", "-1", "1", "50000000"] {
            #expect(report["timeout \(timeout)"]?.hasPrefix("status DeadlineExceeded ") == true)
        }
        #expect(!report.output.contains("in time: false"))
        #expect(report["longest"] == #""long" """#)
        #expect(report["no deadline"] == #""" "none""#)
        let left = try #require(report["a minute"]?.firstMatch(of: /"" "(\d+)"/).flatMap { Int($0.1) })
        #expect(left > 1 && left <= 60_000)
        #expect(report["own"]?.contains("deadline exceeded") == true)
        #expect(report["after"] == #""still" "here""#)
        #expect(report.exit == .code(0))
    }

    @Test func `is refused frames that are too long, both ways, and lives on`() async throws {
        let peer = try await GoPeer.built()

        let report = try await InteropServer.with { _, _, address in try await peer.call("large", at: address) }

        #expect(report["request"]?.hasPrefix("true status ResourceExhausted ") == true, "\(report.output)")
        #expect(report["between"] == #""still" "here""#)
        #expect(report["answer"]?.hasPrefix("true status ResourceExhausted ") == true, "\(report.output)")
        #expect(report["after"] == #""still" "here""#)
        #expect(report.isClean, "\(report.errors)")
    }

    @Test func `gets one frame, which it ignores, if its requests carry the extension's offer`() async throws {
        let peer = try await GoPeer.built()

        let report = try await InteropServer.with { _, _, address in try await peer.call("offer", at: address) }

        #expect(report["fail 5"]?.hasPrefix("status NotFound ") == true)
        #expect(report["after"] == #""still" "here""#)
        #expect(report["frames"] == "20 responses, 1 others")
        #expect(report.errors.count { $0.hasPrefix("odd frame: stream 4294967295 type 128 flags 0 ") } == 1)
        #expect(report.errors.count == 2, "\(report.errors)")  // and the log line of the ttrpc package
        #expect(report.exit == .code(0))
    }

    @Test func `finishes its call while our server drains, and is refused more`() async throws {
        let peer = try await GoPeer.built()

        let report = try await InteropServer.with { interop, server, address in
            let program = try await peer.start("drain", at: address)
            try await interop.event("wait began drain")
            async let drained: Void = server.drain(grace: .seconds(30))
            _ = try await program.line(holding: "refused: ")
            interop.letGo("drain")
            await drained
            return try await Report(of: program)
        }

        #expect(report["refused"]?.hasPrefix("status Unavailable ") == true)
        #expect(report["held"] == #""drain" """#)
        #expect(report.output.contains("closed"))
        #expect(report.isClean, "\(report.errors)")
    }

    @Test func `sees an error when our server cannot wait for its call`() async throws {
        let peer = try await GoPeer.built()

        let report = try await InteropServer.with { interop, server, address in
            let program = try await peer.start("hold", at: address)
            try await interop.event("wait began hold")
            await server.drain(grace: .zero)
            try await interop.event("wait cancelled hold")
            return try await Report(of: program)
        }

        let seen = try #require(report["held"])
        #expect(seen == #"error "ttrpc: closed""# || seen.hasPrefix("status Unavailable "), "\(seen)")
        #expect(report.exit == .code(0))
    }

    @Test func `cancels its call by hanging up`() async throws {
        let peer = try await GoPeer.built()

        try await InteropServer.with { interop, _, address in
            let report = try await peer.call("abandon", at: address)
            try await interop.event("wait cancelled abandon")

            #expect(report["abandoned"] == "true")

            let program = try await peer.start("hold", at: address)
            try await interop.event("wait began hold")
            program.kill()
            try await interop.event("wait cancelled hold")
        }
    }
}
