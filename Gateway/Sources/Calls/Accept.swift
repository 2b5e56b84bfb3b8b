/// The `Accept` header of a request (RFC 9110, section 12.5.1).
struct Accept {
    private struct Range {
        let type: String
        let quality: Double
    }

    private let ranges: [Range]

    /// - Parameter header: its value; none accepts everything.
    init(_ header: String?) {
        self.ranges = (header ?? "*/*").split(separator: ",").map { element in
            let parts = element.split(separator: ";").map { $0.trimming { $0 == " " || $0 == "\t" }.lowercased() }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) }
            return Range(type: parts.first ?? "", quality: quality ?? 1)
        }
    }

    /// The offer with the highest quality, the first among equals; nil when none is acceptable.
    func best(of offers: [MediaType]) -> MediaType? {
        let rated = offers.map { (offer: $0, quality: self.quality(of: $0)) }.filter { $0.quality > 0 }
        let highest = rated.map(\.quality).max()
        return rated.first { $0.quality == highest }?.offer
    }

    /// The range that says most decides.
    private func quality(of offer: MediaType) -> Double {
        let family = offer.rawValue.prefix { $0 != "/" } + "/*"
        for candidate in [offer.rawValue, String(family), "*/*"] {
            if let range = self.ranges.first(where: { $0.type == candidate }) { return range.quality }
        }
        return 0
    }
}
