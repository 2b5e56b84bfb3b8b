import Foundation
import Hummingbird

/// One call of `POST /v1/chat/completions`.
struct ChatCall: Sendable {
    let id = "chatcmpl-\(UUID().uuidString.filter { $0 != "-" })"
    let created = Int(Date().timeIntervalSince1970)
    let request: ChatRequest
    let script: Script
    let answer: Answer
    private let promptTokens: Int
    private let requestID: String
    private let connection: Connection
    private let work: Work

    init(_ request: ChatRequest, requestID: String, on connection: Connection, work: Work) throws(APIError) {
        let (script, text) = try Script.read(request.lastUserText)
        self.request = request
        self.script = script
        self.answer = Answer(to: text, script: script, limit: request.limit)
        self.promptTokens = Answer.promptTokens(of: request.messages)
        self.requestID = requestID
        self.connection = connection
        self.work = work
    }

    var model: String { self.script.servedModel ?? self.request.model }

    /// What is reported; the ledger in `work` has the truth.
    var usage: Usage? {
        switch self.script.usage {
        case .missing: nil
        case .claim(let prompt, let completion): Usage(prompt: prompt, completion: completion)
        case .twice, nil: Usage(prompt: Decimal(self.promptTokens), completion: Decimal(self.answer.count))
        }
    }

    func respond() async throws -> Response {
        let seen = self.work.count(self.requestID) { $0.requests += 1 }.requests
        let faulty = seen <= self.script.times
        if self.script.delayBeforeHead > .zero {
            try await self.open { try await self.connection.wait(for: self.script.delayBeforeHead) }
        }
        if faulty, let status = self.script.status {
            self.work.count(self.requestID) { $0.refused += 1 }
            throw APIError.scripted(status, self.script)
        }
        self.work.count(self.requestID) { $0.promptTokens += self.promptTokens }
        if faulty, let silence = self.script.silence { try await self.keepSilent(silence) }
        return self.request.stream == true ? self.stream() : try await self.whole()
    }

    private func keepSilent(_ silence: Script.Silence) async throws -> Never {
        switch silence {
        case .hang: try await self.open { try await self.stall() }
        case .drop:
            self.work.count(self.requestID) { $0.completionTokens += self.answer.count }
            try await self.connection.close()
        }
        throw ScriptedEnd()
    }

    private func whole() async throws -> Response {
        try await self.open {
            for _ in 0..<self.answer.count { try await self.produce() }
        }
        let message = ChatCompletion.Message(content: self.answer.text)
        let choice = ChatCompletion.Choice(message: message, finishReason: self.answer.finishReason)
        let whole = ChatCompletion(
            id: self.id,
            created: self.created,
            model: self.model,
            choices: [choice],
            usage: self.usage
        )
        return try Response.json(whole)
    }

    private func stream() -> Response {
        let body = ResponseBody { writer in
            try await self.open {
                try await self.connection.wait(for: self.script.delayBeforeBody)
                var stream = ChatStream(of: self, to: EventWriter(writer, script: self.script))
                try await stream.run()
            }
            try await writer.finish(nil)
        }
        let headers: HTTPFields = [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-cache"]
        return Response(status: .ok, headers: headers, body: body)
    }

    /// Takes the time of one token and counts it.
    func produce() async throws {
        try await self.connection.wait(for: self.script.delay)
        self.work.count(self.requestID) { $0.completionTokens += 1 }
    }

    /// Does nothing until the caller leaves.
    func stall() async throws { try await self.connection.wait(for: .seconds(86_400)) }

    /// Ends the connection as the script says.
    func breakOff(reset: Bool) async throws -> Never {
        try await self.connection.breakOff(reset: reset)
        throw ScriptedEnd()
    }

    /// Counts the call as open during `work`, and as cancelled if the caller leaves meanwhile.
    private func open(_ work: () async throws -> Void) async throws {
        self.work.count(self.requestID) { $0.open += 1 }
        defer { self.work.count(self.requestID) { $0.open -= 1 } }
        do {
            try await work()
        } catch let end as ScriptedEnd {
            throw end
        } catch {
            self.work.count(self.requestID) { $0.cancelled += 1 }
            throw error
        }
    }
}

/// The script ended the connection; the caller did not.
struct ScriptedEnd: Error {}
