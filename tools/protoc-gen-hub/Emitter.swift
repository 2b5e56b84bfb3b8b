/// Writes one kind of generated file.
protocol Emitter: Sendable {
    /// The files for a contract without problems.
    func files(for contract: Contract) -> [GeneratedFile]
}

/// A file to be written.
struct GeneratedFile: Equatable {
    /// Relative to the root of the checkout.
    let path: String
    let text: String
}
