/// What the frame that opens a call says about its requests, given the kind of the method. The flags alone say little:
/// Go servers ignore them, and Go clients leave out `noData`.
struct CallOpening: Equatable {
    /// Whether the payload is the call's request, or the first of them.
    let hasMessage: Bool
    /// Whether further requests may come in Data frames.
    let takesMore: Bool

    init(_ kind: MethodDescriptor.Kind, _ flags: FrameFlags, payloadIsEmpty: Bool) {
        guard kind.streamsRequests else {
            (self.hasMessage, self.takesMore) = (true, false)
            return
        }
        self.hasMessage = !payloadIsEmpty && !flags.contains(.noData)
        self.takesMore = flags.contains(.remoteOpen) && !flags.contains(.remoteClosed)
    }
}
