internal import Glibc
internal import NIOCore

/// Where a server accepts connections.
struct Listener {
    let channel: any Channel
    /// The file of a unix socket; nil with TCP.
    let file: UnixSocketFile?

    /// How long handshakes may take that had begun when no more were let in: a round trip.
    private static let handshake = Duration.milliseconds(50)
    /// How long connections that wait to be accepted may keep it open.
    private static let patience = TimeAmount.seconds(1)

    /// Lets nobody else connect, accepts those who have, and closes.
    ///
    /// The kernel completes connections before they are accepted and resets those that wait when the listener closes;
    /// their clients may have sent calls by then, which nobody could say were not executed.
    ///
    /// - Parameter grace: How long to wait at most for handshakes under way.
    func close(grace: Duration) async {
        self.file?.remove()
        if self.file == nil { try? await self.refuseHandshakes() }
        let wait = self.file == nil ? min(grace, Self.handshake) : .zero
        self.channel.eventLoop.scheduleTask(in: TimeAmount(wait)) {
            self.closeIfNobodyWaits(until: .now() + Self.patience)
        }
        try? await self.channel.closeFuture.get()
    }

    private func closeIfNobodyWaits(until limit: NIODeadline) {
        guard self.hasWaiting, .now() < limit else { return self.channel.close(promise: nil) }
        self.channel.eventLoop.afterReading { self.closeIfNobodyWaits(until: limit) }
    }

    private var hasWaiting: Bool {
        let operations = self.channel.pipeline.syncOperations
        let ready = try? operations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { socket in
            var listening = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            return poll(&listening, 1, 0) > 0
        }
        return ready == true
    }

    /// Drops what would open a connection, so that those who knock come back a second later, when it is clear whether
    /// another server is there.
    private func refuseHandshakes() async throws {
        let program = UnsafeMutablePointer<FilterStep>.allocate(capacity: FilterStep.noHandshakes.count)
        defer { program.deallocate() }
        program.initialize(from: FilterStep.noHandshakes, count: FilterStep.noHandshakes.count)
        let filter = SocketFilter(count: UInt16(FilterStep.noHandshakes.count), steps: program)
        try await (self.channel as? any SocketOptionProvider)?
            .unsafeSetSocketOption(level: .socket, name: .init(rawValue: SO_ATTACH_FILTER), value: filter).get()
    }
}

/// Linux's `sock_fprog`: a classic BPF program.
private struct SocketFilter: @unchecked Sendable {
    let count: UInt16
    let steps: UnsafeMutablePointer<FilterStep>
}

/// Linux's `sock_filter`: one instruction.
private struct FilterStep {
    let code: UInt16
    var ifTrue: UInt8 = 0
    var ifFalse: UInt8 = 0
    let operand: UInt32

    /// Of a TCP segment that has SYN but not ACK nothing is let through, of any other all.
    static let noHandshakes = [
        FilterStep(code: 0x30, operand: 13),  // load the byte of the flags
        FilterStep(code: 0x54, operand: 0x12),  // keep SYN and ACK
        FilterStep(code: 0x15, ifFalse: 1, operand: 0x02),  // if it is SYN alone
        FilterStep(code: 0x06, operand: 0),  // drop
        FilterStep(code: 0x06, operand: .max),  // pass
    ]
}
