extension ServerConfiguration {
    /// Waits are short, as the input's are; each bit of a byte brings other limits into reach.
    init(fuzzed choice: UInt8) {
        self.init()
        self.firstFrameTimeout = .milliseconds(600)
        self.frameTimeout = .milliseconds(200)
        self.stallTimeout = .milliseconds(600)
        self.cancellationGrace = .milliseconds(50)
        self.keepaliveInterval = .milliseconds(400)
        self.keepaliveTimeout = .milliseconds(100)
        if choice & 1 != 0 { (self.maxFrameBody, self.oversizeFramesPerMinute) = (2_000, 3) }
        if choice & 2 != 0 { (self.maxStreamQueue, self.maxConnectionQueue) = (500, 1_500) }
        if choice & 4 != 0 { (self.maxConcurrentCalls, self.maxMetadata) = (3, 20) }
        if choice & 8 != 0 { self.compressesResponses = true }
        if choice & 16 != 0 { self.extensionSettings?.shrink() }
        if choice & 32 != 0 {
            (self.maxPendingOutput, self.cancelsPerSecond, self.controlFramesPerSecond) = (2_000, 3, 5)
        }
        if choice & 64 != 0 { (self.maxAge, self.maxIdle) = (.milliseconds(500), .milliseconds(200)) }
        if choice & 64 != 0 { (self.maxGrace, self.retiresPlainClients) = (.milliseconds(100), true) }
        if choice & 128 != 0 { self.extensionSettings = nil }
    }
}

extension ClientConfiguration {
    /// As for the server.
    init(fuzzed choice: UInt8) {
        self.init()
        self.firstBackoff = .milliseconds(10)
        self.longestBackoff = .milliseconds(50)
        self.retry.firstBackoff = .milliseconds(10)
        self.retry.longestBackoff = .milliseconds(50)
        self.retry.budget = 1_000
        if choice & 1 != 0 { self.extensionSettings?.shrink() }
        if choice & 2 != 0 { (self.maxConcurrentCalls, self.maxStreams, self.maxIdleStreamConnections) = (3, 3, 1) }
        if choice & 4 != 0 { self.startsExtended = true }
        if choice & 8 != 0 { (self.streamQueueLimit, self.connectionQueueLimit) = (500, 1_500) }
        if choice & 8 != 0 { (self.requestQueueLimit, self.maxPendingOutput) = (500, 3_000) }
        if choice & 16 != 0 { self.keepalive = KeepaliveConfiguration(timeout: .milliseconds(100), whenIdle: true) }
        if choice & 32 != 0 { self.health = "" }
        if choice & 64 != 0 { self.retry.waitsForConnection = true }
        if choice & 64 != 0 { self.firstStream = 0xFFFF_FFF5 }
        if choice & 128 != 0 { self.extensionSettings = nil }
    }
}

extension ExtensionSettings {
    fileprivate mutating func shrink() {
        (self.streamWindow, self.connectionWindow, self.maxMessage) = (1_000, 3_000, 4_000)
    }
}
