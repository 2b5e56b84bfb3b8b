/// Lets libFuzzer run; SwiftPM calls the entry point of an executable by this name.
@_cdecl("rpc_fuzzer_main")
public func runFuzzer(_ count: CInt, _ arguments: Arguments) -> CInt {
    var count = count
    var arguments = arguments
    return fuzzerDriver(&count, &arguments, fuzzOneInput)
}

public typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

// libFuzzer's documented entry for programs with a main of their own.
@_silgen_name("LLVMFuzzerRunDriver")
private func fuzzerDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<Arguments>,
    _ fuzz: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// What libFuzzer calls with each input. The first byte says what is fuzzed, the second which limits it has; the rest
/// are instructions. Whatever they say, nothing may crash, hang, leak or break the protocol.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = FuzzInput(Array(UnsafeBufferPointer(start: start, count: count)))
    do {
        switch input.byte() % 4 {
        case 0: fuzzDecoder(&input)
        case 1, 2:
            let server = try FuzzedServer(limits: input.byte())
            while let step = ServerStep(&input) { try server.take(step) }
            try server.finish()
        default:
            let client = FuzzedClient(limits: input.byte())
            while let step = ClientStep(&input) { try client.take(step) }
            try client.finish()
        }
    } catch {
        fatalError("The harness failed: \(error)")
    }
    return 0
}
