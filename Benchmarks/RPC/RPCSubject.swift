import NIOPosix

/// Serves `bench.Echo` on a port of its own choice, which it prints: `rpc-subject hub|nio-echo [CERTIFICATE KEY]`, both
/// PEM files. Runs until it is killed.
@main
struct RPCSubject {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let certificate = Array(arguments.dropFirst())
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let port =
            switch arguments.first {
            case "hub": try await HubSubject(group: group).listen(certificate: certificate)
            case "nio-echo": try await FrameEcho.listen(group: group, certificate: certificate)
            default: throw UnknownSubject()
            }
        print("ready \(port)")
        fflush(nil)
        try await Task.sleep(for: .seconds(24 * 60 * 60))
    }
}

/// The first argument names no subject.
struct UnknownSubject: Error {}
