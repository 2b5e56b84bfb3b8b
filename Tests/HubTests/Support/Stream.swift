@testable import hub

/// An open file at one end of which the program is.
protocol Stream: Sendable {
    /// The program's end.
    var descriptor: Int32 { get }
}

extension Stream {
    var input: Input { Input(descriptor: self.descriptor) }

    var output: Output { Output(descriptor: self.descriptor) }
}
