internal import NIOCore

/// What a connection keeps once the extension is in force.
struct ExtendedState {
    let agreement: Agreement
    /// What waits to be sent.
    var scheduler: FrameScheduler
    /// What has arrived in part.
    var assembler: BodyAssembler
    var credit: InboundCredit
    var keepalive: Keepalive?
    var keepaliveTimer: Scheduled<Void>?
    /// The codec in which the server may compress; nil if it may not.
    let codec: Codec?
    let longestMessage: Int

    /// `firstStream` is the first whose request will be sent after the agreement; `budget` is the bytes that may wait
    /// unread before the server must wait.
    init(_ agreement: Agreement, ours: ExtensionSettings, firstStream: UInt32, budget: Int) {
        self.agreement = agreement
        self.scheduler = FrameScheduler(agreement)
        self.longestMessage = min(ours.maxMessage, FrameHeader.longestBody)
        // The calls that this end makes are bound enough: servers do not know how much of all answers it can hold.
        self.assembler = BodyAssembler(longestBody: self.longestMessage, budget: .max)
        self.credit = InboundCredit(agreement, firstStream: firstStream, budget: budget)
        let mayCompress = ours.acceptsCompression && agreement.features.contains(.compression)
        self.codec = mayCompress ? .deflate : nil
    }
}
