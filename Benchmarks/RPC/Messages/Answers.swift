internal import SwiftProtobuf

extension Bench_EchoResponse {
    /// The answer to a unary call.
    static func echo(of request: Bench_EchoRequest) -> Bench_EchoResponse {
        .with {
            $0.id = request.id
            $0.n = request.n &+ 1
            $0.text = request.text
            $0.blob = request.blob
        }
    }

    /// One answer of a stream.
    static func part(_ number: Int64, of request: Bench_EchoRequest) -> Bench_EchoResponse {
        .with {
            $0.id = request.id
            $0.n = number
            $0.text = request.text
        }
    }
}
