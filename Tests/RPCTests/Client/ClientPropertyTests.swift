import NIOCore
import NIOEmbedded
import SwiftProtobuf
import Testing

@testable import RPC

/// The client's rules under random frames and random times, against models.
struct ClientPropertyTests {
    @Test(arguments: 0..<60)
    func `whatever a server sends, each call ends once and the client keeps the rules`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let client = ClientInHand(
            .with {
                $0.extensionSettings?.streamWindow = 2000
                $0.extensionSettings?.connectionWindow = 8000
                $0.extensionSettings?.maxMessage = 5000
                $0.retry.budget = 1000
            }
        )
        var calls: [ClientCall] = []
        var seen = ModelServer()

        for _ in 0..<300 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<3: calls.append(try client.call(Self.methods.randomElement(using: &random) ?? EchoService.echo))
            case 3:
                if let call = calls.randomElement(using: &random), call.requests != nil { try call.put(.of("x")) }
            case 4: calls.randomElement(using: &random)?.finishWriting()
            case 5: calls.randomElement(using: &random)?.abandon()
            case 6: client.pass(.milliseconds(.random(in: 1...500, using: &random)))
            default:
                let open = client.connections.indices.filter { client.connections[$0].isActive }
                guard let connection = open.randomElement(using: &random) else { continue }
                try client.send(Self.frame(using: &random), on: connection)
            }
            client.loop.run()
            for connection in client.connections.indices {
                try seen.check(client.receive(on: connection), on: connection)
            }
        }
        client.close()
        client.pass(.seconds(20))

        #expect(calls.allSatisfy { $0.responses.isFinished && $0.attempts.isEmpty })
        #expect(client.connections.allSatisfy { !$0.isActive })
    }

    @Test(arguments: 0..<60)
    func `a server within its credit is never accused, and gets all of it back`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let ours = Ttrpc_Settings.ofServer { ($0.initialStreamWindow, $0.initialConnWindow) = (1000, 3000) }
        let agreement = try Agreement(ours: ours, theirs: .ofServer())
        var credit = InboundCredit(agreement, firstStream: 1, budget: 1 << 20)
        var model = (connection: 3000, streams: [UInt32: Int]())
        var unread: [UInt32: [(charge: Int, size: Int)]] = [:]
        func note(_ grants: InboundCredit.Grants, on stream: UInt32) {
            model.connection += Int(grants.connection ?? 0)
            if let more = grants.stream { model.streams[stream]? += Int(more) }
        }
        for stream in [1, 3, 5] as [UInt32] {
            credit.open(stream)
            model.streams[stream] = 1000
        }

        for _ in 0..<2000 {
            let stream: UInt32 = [1, 3, 5].randomElement(using: &random) ?? 1
            let room = min(model.connection, model.streams[stream] ?? 0)
            if Bool.random(using: &random), room >= 10 {
                let length = Int.random(in: 0...(room - 10), using: &random)
                let charge = try credit.spend(FrameHeader(length: length, stream: stream, type: 3, flags: []))
                #expect(charge == length + 10)
                model.connection -= charge
                model.streams[stream]? -= charge
                note(try credit.receiveMessage(charge: charge, size: charge, on: stream), on: stream)
                unread[stream, default: []].append((charge, charge))
            } else if let first = unread[stream]?.first {
                unread[stream]?.removeFirst()
                note(credit.take(charge: first.charge, size: first.size, on: stream), on: stream)
            }
        }
        for (stream, messages) in unread {
            for message in messages {
                note(credit.take(charge: message.charge, size: message.size, on: stream), on: stream)
            }
        }

        // What is owed is less than half a window, so the server can always go on.
        #expect(model.connection > 1500)
        #expect(model.streams.values.allSatisfy { $0 > 500 })
        let excess = FrameHeader(length: 3000, stream: 1, type: 3, flags: [])
        #expect(throws: FlowControlError.self) { try credit.spend(excess) }
    }

    @Test(arguments: 0..<200)
    func `a call is tried within its limits whatever fails`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let policy = RetryPolicy()
        var budget = RetryBudget(1000)
        let safety: MethodDescriptor.Safety = [.query, .idempotent, .command].randomElement(using: &random) ?? .query
        let method = MethodDescriptor(service: "s", name: "m", kind: .unary, safety: safety)
        var state = RetryState(method, hasKey: false, policy)
        var sent = 0
        var refusals = 0

        for _ in 0..<50 {
            let reach: AttemptFailure.Reach =
                [.unsent, .unprocessed, .processed].randomElement(using: &random) ?? .processed
            let failure = AttemptFailure(status: Status(.unavailable, ""), reach: reach)
            let decision = state.decide(failure, isBound: false, policy, &budget, chance: 0.5)
            if reach != .unsent { sent += 1 }
            if reach == .unprocessed { refusals += 1 }
            guard case .retry(let time) = decision else { break }
            #expect(time <= policy.longestBackoff)
            #expect(safety != .command || reach != .processed)
            #expect(safety != .command || refusals <= 1)
        }

        #expect(sent <= 6)  // five, and one that was refused
    }

    @Test func `nothing is repeated below half of the budget`() {
        var budget = RetryBudget(10)
        for _ in 0..<4 { budget.noteFailure() }
        #expect(budget.allowsRetry)

        budget.noteFailure()
        #expect(!budget.allowsRetry)
        for _ in 0..<20 { budget.noteFailure() }
        #expect(budget.tokens == 0)
        for _ in 0..<1000 { budget.noteSuccess() }

        #expect(budget.tokens == 10)
    }

    private static let methods = [
        EchoService.echo, EchoService.command, EchoService.count, RequestMethods.collect, RequestMethods.converse,
    ]

    private static func frame(using random: inout SeededGenerator) throws -> Frame {
        let stream = UInt32.random(in: 0...20, using: &random) * 2 + 1
        switch Int.random(in: 0..<24, using: &random) {
        case 0..<4: return .settings()
        case 4..<8: return try .response(.of("x"), on: stream)
        case 8..<12: return try .data(.of("x"), on: stream, flags: .random(in: 0...7, using: &random))
        case 12: return .reset(stream, isRefused: .random(using: &random))
        case 13: return .goAway([0xFFFF_FFFD, stream].randomElement(using: &random) ?? 1)
        case 14:
            return .credit(.random(in: 1...1000, using: &random), [stream, .max].randomElement(using: &random) ?? 1)
        case 15: return Frame.extended(.ping(1, isAcknowledgement: .random(using: &random)))
        case 16: return Frame.extended(.metadata(stream: stream, ["a": "b"], isTrailing: .random(using: &random)))
        case 17: return try Frame.data(.of(String(repeating: "x", count: 600)), on: stream).fragments(of: 300)[0]
        case 18: return Frame(stream: stream, type: 0x87, flags: 0, body: random.bytes(upTo: 100))
        default:
            return Frame(
                stream: [stream, stream + 1, .max].randomElement(using: &random) ?? 1,
                type: [1, 2, 3, 4, 0x80, 0x82, 0x83, 0x85, 0x86, 0xF0].randomElement(using: &random) ?? 2,
                flags: .random(in: 0 ... .max, using: &random),
                body: random.bytes(upTo: 30)
            )
        }
    }
}

/// What a server may expect of the frames of a client.
private struct ModelServer {
    private struct Connection {
        var last: UInt32 = 0
        var mayStream: [UInt32: Bool] = [:]
        var isExtended = false
    }

    private var connections: [Int: Connection] = [:]

    mutating func check(_ frames: [Frame], on number: Int) throws {
        var connection = self.connections[number] ?? Connection()
        defer { self.connections[number] = connection }
        for frame in frames {
            switch frame.type {
            case 1:
                #expect(frame.stream > connection.last && frame.stream % 2 == 1)
                connection.last = frame.stream
                connection.mayStream[frame.stream] = frame.flags & 0x3F == 6
                #expect(try !connection.isExtended || frame.request.xtOffer.isEmpty)
            case 3:
                #expect(connection.mayStream[frame.stream] == true)
                if frame.flags & 1 != 0 {
                    #expect(frame.flags == 5 && frame.body.isEmpty)
                    connection.mayStream[frame.stream] = false
                }
            case 0x84: connection.mayStream[frame.stream] = false
            case 0x80: connection.isExtended = true
            case 0x81, 0x82, 0x83: #expect(connection.isExtended)
            default: Issue.record("A client does not send \(frame).")
            }
        }
    }
}
