import RPC
import Support
import Testing

/// Clients in Rust call our server.
@Suite(.timeLimit(.minutes(12))) struct RustClientTests {
    private static let names = [
        "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
        "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
        "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    ]

    @Test(arguments: RustPeer.Kind.allCases)
    func `get back what they sent, from nothing to the longest frame`(kind: RustPeer.Kind) async throws {
        let report = try await RustPeer.built().call("payloads", kind)

        #expect(report.output.count { $0.hasSuffix("equal true") } == 7, "\(report.output)")
        #expect(report.exit == .code(0) && report.errors == [])
    }

    @Test(arguments: RustPeer.Kind.allCases)
    func `have 16 calls at a time on one connection`(kind: RustPeer.Kind) async throws {
        let report = try await RustPeer.built().call("concurrent", kind)

        #expect(report["concurrent"] == "800 equal")
        #expect(report.exit == .code(0) && report.errors == [])
    }

    @Test(arguments: RustPeer.Kind.allCases)
    func `see codes, messages and details of errors, and call on`(kind: RustPeer.Kind) async throws {
        let report = try await RustPeer.built().call("errors", kind)

        for (index, name) in Self.names.enumerated() {
            let expected = "status \(name) \"Not now. 🦀\\n\\ttest\" REASON_\(index + 1)"
            #expect(report["fail \(index + 1)"] == expected)
        }
        #expect(report["unknown method"]?.hasPrefix("status UNIMPLEMENTED ") == true)
        #expect(report["unknown service"]?.hasPrefix("status UNIMPLEMENTED ") == true)
        #expect(report["rubbish"]?.hasPrefix("status INVALID_ARGUMENT ") == true)
        #expect(report["after"] == #""still" "here""#)
        #expect(report.exit == .code(0) && report.errors == [])
    }

    @Test(arguments: RustPeer.Kind.allCases)
    func `send metadata, with several values and any case, up to the limit`(kind: RustPeer.Kind) async throws {
        let report = try await RustPeer.built().call("metadata", kind)

        #expect(report["tag"] == #""" "a,b""#)
        #expect(report["mixed"] == #""" "c""#)
        #expect(report["none"] == #""" """#)
        #expect(report["too much"]?.hasPrefix("status RESOURCE_EXHAUSTED ") == true)
        #expect(report["after"] == #""still" "here""#)
        #expect(report.exit == .code(0) && report.errors == [])
    }

    @Test(arguments: RustPeer.Kind.allCases)
    func `are told that their time is up, were it negative or short`(kind: RustPeer.Kind) async throws {
        let report = try await RustPeer.built().call("deadlines", kind)

        for timeout in ["-1", "1", "50000000"] {
            #expect(report["timeout \(timeout)"]?.contains(/(?i)deadline|timeout/) == true, "\(report.output)")
        }
        #expect(!report.output.contains("in time: false"))
        #expect(report["no deadline"] == #""" "none""#)
        let left = try #require(report["a minute"]?.firstMatch(of: /"" "(\d+)"/).flatMap { Int($0.1) })
        #expect(left > 1 && left <= 60_000)
        #expect(report["after"] == #""still" "here""#)
        #expect(report.exit == .code(0) && report.errors == [])
    }

    @Test(arguments: RustPeer.Kind.allCases)
    func `are refused frames that are too long, both ways, and live on`(kind: RustPeer.Kind) async throws {
        let report = try await RustPeer.built().call("large", kind)

        #expect(report["answer"]?.hasPrefix("status RESOURCE_EXHAUSTED ") == true, "\(report.output)")
        #expect(report["request"]?.hasPrefix("status ") == true, "\(report.output)")
        #expect(report["after"] == #""still" "here""#)
        #expect(report.exit == .code(0) && report.errors == [])
    }

    @Test(arguments: RustPeer.Kind.allCases)
    func `finish their call while our server drains`(kind: RustPeer.Kind) async throws {
        let peer = try await RustPeer.built()
        let socket = try ScratchFolder.make("rpc") + "/rpc.sock"

        let report = try await InteropServer.with(on: .unix(path: socket)) { interop, server, address in
            let program = try await peer.start("hold", kind, at: address)
            try await interop.event("wait began hold")
            async let drained: Void = server.drain(grace: .seconds(30))
            interop.letGo("hold")
            await drained
            return try await Report(of: program)
        }

        #expect(report["held"] == #""hold" """#)
        #expect(report.exit == .code(0))
    }

    @Test(arguments: RustPeer.Kind.allCases)
    func `cancel their call when they are killed`(kind: RustPeer.Kind) async throws {
        let peer = try await RustPeer.built()
        let socket = try ScratchFolder.make("rpc") + "/rpc.sock"

        try await InteropServer.with(on: .unix(path: socket)) { interop, _, address in
            let program = try await peer.start("hold", kind, at: address)
            try await interop.event("wait began hold")
            program.kill()
            try await interop.event("wait cancelled hold")
        }
    }
}
