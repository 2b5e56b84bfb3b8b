/// The events of one streamed answer.
struct ChatStream {
    private typealias Chunk = ChatCompletionChunk

    private let call: ChatCall
    private let reportsUsage: Bool
    private let obfuscates: Bool
    private var events: EventWriter

    init(of call: ChatCall, to events: EventWriter) {
        self.call = call
        self.reportsUsage = call.request.streamOptions?.includeUsage == true
        self.obfuscates = call.request.streamOptions?.includeObfuscation != false
        self.events = events
    }

    mutating func run() async throws {
        try await self.send(.init(role: "assistant", content: ""))
        for position in 0..<self.call.answer.count {
            guard try await self.goesOn(after: position) else { return }
            try await self.call.produce()
            try await self.send(.init(content: self.call.answer[position]))
        }
        guard try await self.goesOn(after: self.call.answer.count) else { return }
        try await self.send(.init(), finishReason: self.call.answer.finishReason)
        try await self.sendUsage()
        if self.call.script.done { try await self.events.send(data: "[DONE]".utf8) }
    }

    /// Breaks the stream if the script says so.
    ///
    /// - Returns: whether there is more to send.
    private mutating func goesOn(after position: Int) async throws -> Bool {
        switch self.call.script.ending {
        case .cut(after: position): try await self.call.breakOff(reset: false)
        case .reset(after: position): try await self.call.breakOff(reset: true)
        case .stall(after: position): try await self.call.stall()
        case .malformed(after: position): try await self.events.send(data: #"{"id":"chatcmpl-"#.utf8)
        case .error(after: position):
            try await self.events.send(APIError(500, "server_error", "The stand-in was asked for an error."))
            return false
        default: break
        }
        return true
    }

    private mutating func send(_ delta: Chunk.Delta, finishReason: String? = nil) async throws {
        var chunk = self.chunk
        chunk.choices = [.init(delta: delta, finishReason: finishReason)]
        chunk.usage = self.reportsUsage ? Nullable(wrappedValue: nil) : nil
        chunk.obfuscation = self.obfuscates ? Self.padding(for: delta.content ?? "") : nil
        try await self.events.send(chunk)
    }

    private static func padding(for text: String) -> String {
        String(repeating: "x", count: 16 - text.utf8.count % 16)
    }

    private mutating func sendUsage() async throws {
        guard self.reportsUsage, let usage = self.call.usage else { return }
        var chunk = self.chunk
        chunk.usage = Nullable(wrappedValue: usage)
        try await self.events.send(chunk)
        if case .twice = self.call.script.usage { try await self.events.send(chunk) }
    }

    private var chunk: Chunk { Chunk(id: self.call.id, created: self.call.created, model: self.call.model) }
}
