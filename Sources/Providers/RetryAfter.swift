import Foundation
import NIOHTTP1

extension HTTPHeaders {
    /// How long the sender asks to wait: `retry-after-ms`, or `Retry-After` in seconds or as a date.
    func retryAfter(now: Date = Date()) -> Duration? {
        if let milliseconds = self.first(name: "retry-after-ms").flatMap(Double.init) {
            return .sane(seconds: milliseconds / 1000)
        }
        guard let value = self.first(name: "retry-after") else { return nil }
        if let seconds = Double(value) { return .sane(seconds: seconds) }
        return Self.dates.date(from: value).flatMap { .sane(seconds: $0.timeIntervalSince(now)) }
    }

    private static let dates: DateFormatter = {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = .gmt
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter
    }()
}

extension Duration {
    /// `nil` for what is no time to wait: negative, not a number, beyond a year.
    fileprivate static func sane(seconds: Double) -> Duration? {
        0...31_536_000 ~= seconds ? .seconds(seconds) : nil
    }
}
