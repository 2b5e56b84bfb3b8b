import GRPCCore
import GRPCProtobuf

/// `bench.Echo`, registered as generated code does it.
struct EchoService: RegistrableRPCService {
    func registerMethods(with router: inout RPCRouter<some ServerTransport>) {
        router.registerHandler(
            forMethod: MethodDescriptor(fullyQualifiedService: "bench.Echo", method: "Echo"),
            deserializer: ProtobufDeserializer<Bench_EchoRequest>(),
            serializer: ProtobufSerializer<Bench_EchoResponse>()
        ) { request, _ in
            let message = try await ServerRequest(stream: request).message
            return StreamingServerResponse(single: ServerResponse(message: .echo(of: message)))
        }
        router.registerHandler(
            forMethod: MethodDescriptor(fullyQualifiedService: "bench.Echo", method: "Stream"),
            deserializer: ProtobufDeserializer<Bench_EchoRequest>(),
            serializer: ProtobufSerializer<Bench_EchoResponse>()
        ) { request, _ in
            let message = try await ServerRequest(stream: request).message
            return StreamingServerResponse { writer in
                for number in 0..<message.n { try await writer.write(.part(number, of: message)) }
                return [:]
            }
        }
    }
}
