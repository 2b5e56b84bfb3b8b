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

/// What libFuzzer calls with each input. Inputs are instructions, see `Script`; whatever they say, the connection must not
/// crash, hang, leak or break the protocol.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        var script = Script(Array(UnsafeBufferPointer(start: start, count: count)))
        let connection = try FuzzedConnection()
        while let step = script.next() { try connection.take(step) }
        try connection.finish()
    } catch {
        fatalError("The harness failed: \(error)")
    }
    return 0
}
