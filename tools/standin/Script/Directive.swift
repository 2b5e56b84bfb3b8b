/// One word of a script: how it is written, what it does, and where it goes.
struct Directive: Sendable {
    private let usage: String
    private let meaning: String
    private let read: @Sendable (inout Script, String) -> Bool

    var name: Substring { self.usage.prefix { $0 != "=" } }
    var help: String {
        "  \(self.usage)\(String(repeating: " ", count: max(1, 18 - self.usage.count)))\(self.meaning)"
    }

    /// Writes the directive into a script.
    ///
    /// - Returns: whether `value` makes sense.
    func apply(_ value: String, to script: inout Script) -> Bool { self.read(&script, value) }

    init<Value>(
        _ usage: String,
        _ meaning: String,
        _ property: any WritableKeyPath<Script, Value> & Sendable,
        _ parse: @Sendable @escaping (String) -> Value?
    ) {
        self.usage = usage
        self.meaning = meaning
        self.read = { script, text in
            guard let value = parse(text) else { return false }
            script[keyPath: property] = value
            return true
        }
    }

    /// A directive that has no value of its own.
    init<Value: Sendable>(
        _ usage: String,
        _ meaning: String,
        _ property: any WritableKeyPath<Script, Value> & Sendable,
        is value: Value
    ) {
        self.init(usage, meaning, property) { $0.isEmpty ? value : nil }
    }
}

extension Directive {
    static let all = Self.timing + Self.answer + Self.refusal + Self.breakage + Self.counting + Self.writing

    private static let timing = [
        Directive("delay-head=TIME", "wait before the response", \.delayBeforeHead, duration),
        Directive("delay-first=TIME", "wait between the response's head and its body", \.delayBeforeBody, duration),
        Directive("delay=TIME", "wait before each piece", \.delay, duration),
    ]

    private static let answer = [
        Directive("repeat=N", "say it N times; repeat=forever never ends by itself", \.rounds, rounds),
        Directive("overrun=N", "answer up to N tokens more than allowed", \.overrun, count),
        Directive("model=NAME", "claim that this model answered", \.servedModel) { $0 },
    ]

    private static let refusal = [
        Directive("status=N", "refuse with this HTTP status", \.status, status),
        Directive("code=CODE", "refuse with this error code, not the usual one", \.code) { $0 },
        Directive("retry-after=TEXT", "refuse with this Retry-After header", \.retryAfter) { $0 },
        Directive("plain", "refuse with 100 kB that are not JSON", \.plain, is: true),
        Directive("hang", "never respond", \.silence, is: .hang),
        Directive("drop", "do the work, then close without a response", \.silence, is: .drop),
        Directive("times=N", "do so only the first N times an x-request-id is seen", \.times, count),
    ]

    private static let breakage = [
        Directive("cut=N", "close the connection after N pieces", \.ending, ending(Script.Ending.cut)),
        Directive("reset=N", "reset the connection after N pieces", \.ending, ending(Script.Ending.reset)),
        Directive("error=N", "report an error after N pieces", \.ending, ending(Script.Ending.error)),
        Directive("malformed=N", "send broken JSON after N pieces", \.ending, ending(Script.Ending.malformed)),
        Directive("stall=N", "say nothing more after N pieces", \.ending, ending(Script.Ending.stall)),
        Directive("no-done", "end the stream without [DONE]", \.done, is: false),
    ]

    private static let counting = [
        Directive("no-usage", "leave the usage out", \.usage, is: .missing),
        Directive("twice-usage", "send the usage twice", \.usage, is: .twice),
        Directive("usage=P,C", "claim P prompt and C completion tokens", \.usage, UsageFault.init(claim:)),
    ]

    private static let writing = [
        Directive("bytes=N", "write the stream N bytes at a time", \.bytes) { count($0).flatMap { $0 > 0 ? $0 : nil } },
        Directive("crlf", "end the stream's lines with CR and LF", \.lineEnd, is: "\r\n"),
        Directive("comments", "send a comment before each event", \.comments, is: true),
    ]

    private static func status(_ text: String) -> Int? { Int(text).flatMap { 400...599 ~= $0 ? $0 : nil } }

    private static func ending(
        _ kind: @Sendable @escaping (Int) -> Script.Ending
    ) -> @Sendable (String) -> Script.Ending? {
        { text in Self.count(text).map(kind) }
    }

    private static func count(_ text: String) -> Int? { Int(text).flatMap { 0...1_000_000_000 ~= $0 ? $0 : nil } }

    private static func rounds(_ text: String) -> Int? { text == "forever" ? .max : Self.count(text) }

    /// `200ms` or `2s`.
    private static func duration(_ text: String) -> Duration? {
        if text.hasSuffix("ms") { return Self.count(String(text.dropLast(2))).map { .milliseconds($0) } }
        return text.hasSuffix("s") ? Self.count(String(text.dropLast())).map { .seconds($0) } : nil
    }
}
