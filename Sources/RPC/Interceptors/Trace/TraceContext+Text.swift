/// The form in which trace contexts travel.
extension TraceContext {
    /// The metadata key and the HTTP field with the IDs.
    package static let parentKey = "traceparent"

    /// The metadata key and the HTTP field with what tracing systems hand on beside.
    package static let stateKey = "tracestate"

    /// Longest `tracestate` that is handed on, in bytes; a longer one is dropped.
    private static let longestState = 512

    /// Reads the values of both keys; nil if there is not exactly one well-formed `traceparent`.
    package init?(traceparent: [String], tracestate: [String]) {
        guard traceparent.count == 1 else { return nil }
        let state = tracestate.joined(separator: ",")
        self.init(
            traceparent: traceparent[0],
            state: state.isEmpty || state.utf8.count > Self.longestState ? nil : state
        )
    }

    /// Reads `00-<32 hex digits>-<16 hex digits>-<2 hex digits>`, in lower case and neither ID zero. Later versions may
    /// go on behind another hyphen; version `ff` does not exist.
    package init?(traceparent text: String, state: String? = nil) {
        var digits = HexDigits(text.utf8)
        guard let version = digits.next(2), version != 0xFF, digits.skipHyphen(),
            let traceID = digits.next(32), traceID != 0, digits.skipHyphen(),
            let spanID = digits.next(16), spanID != 0, digits.skipHyphen(),
            let flags = digits.next(2),
            digits.isAtEnd || (version > 0 && digits.skipHyphen())
        else { return nil }
        self.init(traceID: traceID, spanID: UInt64(spanID), isSampled: flags & 1 == 1, state: state)
    }

    /// The value of `traceparent` for whoever is called from here.
    package var traceparent: String {
        "00-\(self.traceIDText)-\(self.spanIDText)-\(self.isSampled ? "01" : "00")"
    }

    /// The trace ID in 32 hex digits.
    package var traceIDText: String { hexadecimal(self.traceID, digits: 32) }

    /// The span ID in 16 hex digits.
    package var spanIDText: String { hexadecimal(UInt128(self.spanID), digits: 16) }
}

/// Reads numbers of a fixed length.
private struct HexDigits {
    private var rest: String.UTF8View.SubSequence

    init(_ text: String.UTF8View) {
        self.rest = text[...]
    }

    var isAtEnd: Bool { self.rest.isEmpty }

    mutating func next(_ count: Int) -> UInt128? {
        var number: UInt128 = 0
        for _ in 0..<count {
            switch self.rest.popFirst() {
            case let digit? where digit >= UInt8(ascii: "0") && digit <= UInt8(ascii: "9"):
                number = number << 4 | UInt128(digit - UInt8(ascii: "0"))
            case let digit? where digit >= UInt8(ascii: "a") && digit <= UInt8(ascii: "f"):
                number = number << 4 | UInt128(digit - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return number
    }

    mutating func skipHyphen() -> Bool { self.rest.popFirst() == UInt8(ascii: "-") }
}

private func hexadecimal(_ number: UInt128, digits: Int) -> String {
    String(unsafeUninitializedCapacity: digits) { bytes in
        var rest = number
        for index in (0..<digits).reversed() {
            let digit = UInt8(rest & 0xF)
            bytes[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            rest >>= 4
        }
        return digits
    }
}
