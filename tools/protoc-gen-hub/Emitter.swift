/// Writes one kind of generated file.
protocol Emitter: Sendable {
    /// - Parameter contract: free of problems.
    func files(for contract: Contract) -> [GeneratedFile]
}

/// A file to be written.
struct GeneratedFile: Equatable {
    /// Relative to the root of the checkout.
    let path: String
    let text: String
}
