import Logging
import NIOPosix
import RPC
import SwiftProtobuf

/// The four kinds of calls from both ends: the program serves a method of each and calls it.
@main
struct FourKinds {
    typealias Number = Google_Protobuf_Int64Value

    // The generator makes these from a proto file.
    static let double = Self.method("Double", .unary)
    static let count = Self.method("Count", .serverStreaming)
    static let sum = Self.method("Sum", .clientStreaming)
    static let runningSum = Self.method("RunningSum", .bidirectional)

    static func main() async throws {
        let server = try Server(
            services: [Self.service],
            group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "four-kinds")
        ) { _ in [] }
        let address = try await server.listen(on: .tcp(host: "127.0.0.1", port: 0))
        try await withClient(at: address.description) { client in
            try await Self.call(client)
            try await Self.meetTheDeadline(client)
        }
        await server.drain(grace: .seconds(5))
    }

    private static var service: ServiceDefinition {
        ServiceDefinition(
            name: "example.Numbers",
            methods: [
                .unary(self.double) { number, call in
                    call.trailers = ["said-by": "the server"]
                    return Number(number.value * 2)
                },
                .serverStreaming(self.count) { start, responses, _ in
                    // A client that leaves cancels the task, and writing fails.
                    for number in start.value... { try await responses.write(Number(number)) }
                },
                .clientStreaming(self.sum) { requests, _ in
                    try await requests.reduce(into: Number(0)) { $0.value += $1.value }
                },
                .bidirectional(self.runningSum) { requests, responses, _ in
                    var sum = Number(0)
                    for try await request in requests {
                        sum.value += request.value
                        try await responses.write(sum)
                    }
                },
            ]
        )
    }

    private static func call(_ client: Client) async throws {
        // A receipt takes what comes along with the answer.
        let receipt = CallReceipt()
        let doubled = try await client.unary(self.double, Number(21), .init(receipt: receipt))
        print("doubled: \(doubled.value), says \(receipt.trailers["said-by"] ?? "nobody")")

        // The stream has no end. Leaving its scope tells the server to stop.
        let fifth = try await client.serverStreaming(self.count, Number(1)) { numbers in
            for try await number in numbers where number.value == 5 { return number.value }
            return 0
        }
        print("counted to: \(fifth)")

        // Writing waits for a server that does not keep up. The requests end with the scope.
        let sum = try await client.clientStreaming(self.sum) { requests in
            for number in 1...10 { try await requests.write(Number(Int64(number))) }
        }
        print("sum: \(sum.value)")

        // Both sides speak when they like; here in turns.
        try await client.bidirectional(self.runningSum) { requests, sums in
            var sums = sums.makeAsyncIterator()
            for number in 1...3 {
                try await requests.write(Number(Int64(number)))
                print("so far: \(try await sums.next()?.value ?? 0)")
            }
            try await requests.finish()
        }
    }

    /// The server learns of the deadline, too, and stops. Nobody speaks here, so that it passes.
    private static func meetTheDeadline(_ client: Client) async throws {
        do {
            try await client.bidirectional(self.runningSum, .init(timeout: .milliseconds(50))) { _, sums in
                for try await _ in sums {}
            }
        } catch let error as Status where error.code == .deadlineExceeded {
            print("too late")
        }
    }

    private static func method(_ name: String, _ kind: MethodDescriptor.Kind) -> Method<Number, Number> {
        Method(service: "example.Numbers", name: name, kind: kind, safety: .query)
    }
}
