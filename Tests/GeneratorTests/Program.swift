import Foundation

/// A program of this machine, found by the path.
struct Program {
    let name: String

    /// How a run ended.
    struct Outcome {
        let status: Int32
        let output: String
    }

    /// Runs it to its end.
    func run(_ arguments: [String]) throws -> Outcome {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [self.name] + arguments
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Outcome(status: process.terminationStatus, output: String(decoding: said, as: UTF8.self))
    }
}
