import NIOCore
import RPC
import Synchronization
import Testing

/// In which order interceptors are asked, and what they are told.
struct InterceptorTests {
    /// Writes down what it sees; refuses calls about the subject given.
    private final class Witness: ServerInterceptor {
        let name: String
        let refused: String
        let notes: Notes

        init(_ name: String, refusing refused: String = "", _ notes: Notes) {
            (self.name, self.refused, self.notes) = (name, refused, notes)
        }

        func before(_ call: CallContext, subject: String?) async throws {
            self.notes.add("\(self.name) before \(subject ?? "nobody")")
            if subject == self.refused { throw Status(.permissionDenied, "No.", reason: "REFUSED") }
            call.identity = self
        }

        func after(_ call: CallContext, _ status: Status?, elapsed: Duration) {
            let last = (call.identity as? Witness)?.name
            self.notes.add("\(self.name) after \(status?.code.name ?? "OK") \(last ?? "-")")
        }
    }

    /// Lets nobody in.
    private final class Gatekeeper: ServerInterceptor {
        func before(_ call: CallContext, subject: String?) async throws {
            throw Status(.unauthenticated, "No.")
        }
    }

    private final class Notes: Sendable {
        private let notes = Mutex<[String]>([])
        var all: [String] { self.notes.withLock { $0 } }
        func add(_ note: String) { self.notes.withLock { $0.append(note) } }
    }

    @Test func `asks in order and tells the end in reverse`() throws {
        let notes = Notes()
        let server = try ConnectionInHand(interceptors: [Witness("a", notes), Witness("b", notes)])

        _ = try server.exchange(.request(EchoService.echo, .of("x"), on: 1))

        #expect(notes.all == ["a before x", "b before x", "b after OK b", "a after OK b"])
    }

    @Test(arguments: [EchoService.join, EchoService.talk])
    func `surround a call with a stream of requests as any other`(method: EchoService.EchoMethod) throws {
        let notes = Notes()
        let server = try ConnectionInHand(interceptors: [Witness("a", notes), Witness("b", notes)])

        try server.send(.request(method, on: 1, flags: 6))
        #expect(notes.all == ["a before nobody", "b before nobody"])
        let answers = try server.exchange(.data(.of("x"), on: 1), .end(1))

        #expect(try answers.first?.message.key == "x")
        #expect(notes.all.suffix(2) == ["b after OK b", "a after OK b"])
        #expect(notes.all.count == 4)
    }

    @Test(arguments: [EchoService.join, EchoService.talk])
    func `refuse a call with a stream of requests as any other`(method: EchoService.EchoMethod) throws {
        let notes = Notes()
        let gatekeeper = Gatekeeper()
        let server = try ConnectionInHand(interceptors: [Witness("a", notes), gatekeeper])

        let answers = try server.exchange(.request(method, on: 1, flags: 6), .data(.of("x"), on: 1), .end(1))

        #expect(try answers.map { try $0.status.code } == [.unauthenticated])
        #expect(notes.all == ["a before nobody", "a after UNAUTHENTICATED a"])
    }

    @Test func `a refusal is the answer, and only those asked hear of it`() throws {
        let notes = Notes()
        let server = try ConnectionInHand(
            interceptors: [Witness("a", notes), Witness("b", refusing: "x", notes), Witness("c", notes)]
        )

        let answers = try server.exchange(.request(EchoService.wait, .of("x"), on: 1))

        #expect(try answers.map { try $0.status.errorInfo?.reason } == ["REFUSED"])
        #expect(!server.handlers.gates.isOpen("x began"))
        #expect(
            notes.all == ["a before x", "b before x", "b after PERMISSION_DENIED a", "a after PERMISSION_DENIED a"]
        )
    }

    @Test func `tells what the client was told, not what the handler did later`() throws {
        let notes = Notes()
        let server = try ConnectionInHand(interceptors: [Witness("a", notes), CallLog()])
        try server.send(.request(EchoService.wait, .of("x"), on: 1, timeout: 1))

        server.pass(.seconds(1))

        #expect(notes.all == ["a before x", "a after DEADLINE_EXCEEDED a"])
    }

    @Test func `a method without a subject has none`() throws {
        let notes = Notes()
        let server = try ConnectionInHand(interceptors: [Witness("a", notes)])

        _ = try server.exchange(.request(EchoService.count, .of("0"), on: 1))

        #expect(notes.all == ["a before nobody", "a after OK a"])
    }
}
