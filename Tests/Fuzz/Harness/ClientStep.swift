/// One thing that happens to a client: what its callers do, and what the servers' ends of its connections do.
enum ClientStep {
    case call(method: UInt8, timeout: Int64, compresses: Bool, hedges: Bool, payload: [UInt8])
    case write(call: UInt8, payload: [UInt8])
    case end(call: UInt8)
    case read(call: UInt8, count: UInt8)
    case abandon(call: UInt8)
    case frame(connection: UInt8, FrameHeader, body: [UInt8], isSplit: Bool)
    case response(connection: UInt8, stream: UInt32, code: Int32, payload: [UInt8])
    case settings(connection: UInt8, FuzzInput.Settings, isAcknowledgement: Bool)
    case raw(connection: UInt8, [UInt8])
    case writability(connection: UInt8, Bool)
    case hangUp(connection: UInt8)
    case reachable(Bool)
    case time(milliseconds: Int64)

    /// The next step of an input; nil at its end.
    init?(_ input: inout FuzzInput) {
        guard !input.isEmpty else { return nil }
        let instruction = input.byte()
        let isHigh = instruction & 0x80 != 0
        // Mostly the first connection.
        let connection = instruction & 0x30 == 0x30 ? input.byte() : 0
        switch instruction & 0x0F {
        case 0...2:
            let (header, body) = input.frame(instruction)
            self = .frame(connection: connection, header, body: body, isSplit: isHigh)
        case 3...5:
            self = .call(
                method: input.byte(),
                timeout: input.pick(from: FuzzInput.timeouts),
                compresses: isHigh,
                hedges: instruction & 0x40 != 0,
                payload: input.body()
            )
        case 6: self = .write(call: input.byte(), payload: input.body(isFilled: instruction & 0x40 != 0))
        case 7: self = isHigh ? .abandon(call: input.byte()) : .end(call: input.byte())
        case 8: self = .read(call: input.byte(), count: input.byte())
        case 9, 10:
            let code = isHigh ? Int32(input.byte()) : 0
            self = .response(connection: connection, stream: input.stream(), code: code, payload: input.body())
        case 11:
            let settings = FuzzInput.Settings(choice: instruction, window: UInt32(input.byte()) << 8)
            self = .settings(connection: connection, settings, isAcknowledgement: isHigh)
        case 12: self = .time(milliseconds: input.pick(from: FuzzInput.times))
        case 13: self = .writability(connection: connection, isHigh)
        case 14: self = .raw(connection: connection, input.bytes(Int(input.byte())))
        default: self = instruction & 0x40 != 0 ? .reachable(isHigh) : .hangUp(connection: connection)
        }
    }
}
