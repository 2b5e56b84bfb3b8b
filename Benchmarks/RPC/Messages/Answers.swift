extension Bench_EchoResponse {
    /// The answer to a unary call.
    static func echo(of request: Bench_EchoRequest) -> Bench_EchoResponse {
        var response = Bench_EchoResponse()
        response.id = request.id
        response.n = request.n &+ 1
        response.text = request.text
        response.blob = request.blob
        return response
    }

    /// One answer of a stream.
    static func part(_ number: Int64, of request: Bench_EchoRequest) -> Bench_EchoResponse {
        var response = Bench_EchoResponse()
        response.id = request.id
        response.n = number
        response.text = request.text
        return response
    }
}
