import Foundation

/// The program `openssl` of this machine.
enum OpenSSL {
    /// How a run ended.
    struct Failed: Error {
        let output: String
    }

    /// Runs it to its end, without input.
    ///
    /// - Returns: What it has said.
    @discardableResult
    static func run(_ arguments: [String], mayFail: Bool = false) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            // A thread of its own: those that tests share are few.
            Thread.detachNewThread {
                continuation.resume(with: Result { try self.runHere(arguments, mayFail: mayFail) })
            }
        }
    }

    private static func runHere(_ arguments: [String], mayFail: Bool) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 || mayFail else { throw Failed(output: said) }
        return said
    }
}
