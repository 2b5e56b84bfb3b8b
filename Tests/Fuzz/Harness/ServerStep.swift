/// One thing that happens to a server's connection.
enum ServerStep {
    case frame(FrameHeader, body: [UInt8], isSplit: Bool)
    case request(stream: UInt32, method: UInt8, flags: UInt8, timeout: Int64, offers: Bool, payload: [UInt8])
    case settings(FuzzInput.Settings, isAcknowledgement: Bool)
    case raw([UInt8])
    case time(milliseconds: Int64)
    case writability(Bool)
    case openGate
    case drain

    /// The next step of an input; nil at its end. A changed byte is still a step most of the time.
    init?(_ input: inout FuzzInput) {
        guard !input.isEmpty else { return nil }
        let instruction = input.byte()
        let isHigh = instruction & 0x80 != 0
        switch instruction & 0x0F {
        case 0...4:
            let (header, body) = input.frame(instruction)
            self = .frame(header, body: body, isSplit: isHigh)
        case 5...9:
            self = .request(
                stream: input.stream(),
                method: input.byte(),
                flags: input.byte(),
                timeout: input.pick(from: FuzzInput.timeouts),
                offers: isHigh,
                payload: input.body(isFilled: instruction & 0x40 != 0)
            )
        case 10:
            let settings = FuzzInput.Settings(choice: instruction, window: UInt32(input.byte()) << 8)
            self = .settings(settings, isAcknowledgement: !isHigh)
        case 11: self = .raw(input.bytes(Int(input.byte())))
        case 12: self = .time(milliseconds: input.pick(from: FuzzInput.times))
        case 13: self = .writability(isHigh)
        case 14: self = .openGate
        default: self = instruction == 0xFF ? .drain : .openGate
        }
    }
}
