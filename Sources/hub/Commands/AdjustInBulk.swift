import ArgumentParser
import Contract
import FoundationEssentials
import RPC
import SwiftProtobuf

struct AdjustInBulk: HubCommand {
    /// Bytes of one piece of the file.
    private static let pieceLength = 1 << 20
    /// Most bytes that a hub takes.
    private static let limit = 32 << 20

    static let configuration = CommandConfiguration(
        commandName: "bulk",
        abstract: "Adjust the credits of many users, as a CSV file says.",
        discussion: """
            The file has the columns user_id, amount and reason in any order, named in its first line, and at most \
            100,000 lines. Each line that fails is printed with its number and why; the totals stand below, on standard \
            error. A run that broke off goes on with the same --request-id: no line is carried out twice.
            """
    )

    @Argument(help: "The CSV file.", completion: .file(extensions: ["csv"]))
    var file: String

    @Option(help: "What happens to the other lines when one fails.")
    var mode: BulkMode

    @Flag(help: "Decide every line, and write nothing.")
    var dryRun = false

    @Flag(help: "Print lines that succeed, too.")
    var listSuccesses = false

    @Flag(name: .customLong("csv"), help: "Print lines as CSV, safe to open in a spreadsheet.")
    var asCSV = false

    @Option(name: .long, help: "Names the run, to go on with it. Without it: a fresh one, which is printed.")
    var requestID: String?

    @OptionGroup
    var options: GlobalOptions

    func run(in shell: Shell) async throws {
        let bytes = try self.bytes()
        let id = self.requestID ?? RequestID.fresh()
        if self.requestID == nil { try shell.errors.write("To go on if this breaks off: --request-id \(id)\n") }
        try await Connection.open(self.options, in: shell) { hub in
            try await self.stage(bytes, as: id, on: hub)
            let request = BulkAdjustCreditsRequest.with {
                $0.requestID = id
                $0.mode = self.mode
                $0.dryRun = self.dryRun
                $0.fileID = id
                $0.listSuccesses = self.listSuccesses
                $0.asCsv = self.asCSV
            }
            let failed = try await hub.stream(CreditCommands.bulkAdjustCredits, request, id: id) { responses in
                var printer = Printer(shell: hub.shell, format: hub.options.output)
                var failed: Int32 = 0
                for try await response in responses {
                    try printer.show(response)
                    if case .done(let done) = response.event { failed = done.failed }
                }
                return failed
            }
            if failed > 0 { throw Failure(.invalid, "\(failed) lines failed.") }
        }
    }

    /// Sends what the hub does not have of the file.
    private func stage(_ bytes: Data, as name: String, on hub: Connection) async throws {
        var request = StageBulkFileRequest.with { $0.fileID = name }
        // An empty piece asks how much is there; that much is sent once more only to be compared.
        let known = Int(try await hub.call(CreditCommands.stageBulkFile, request).size)
        guard known <= bytes.count else {
            throw Failure(.usage, "Another, longer file was sent under the request id \(name); choose a fresh one.")
        }
        let starts = stride(from: 0, to: bytes.count, by: Self.pieceLength)
        for start in starts {
            let end = min(start + Self.pieceLength, bytes.count)
            // A piece that is there only in part is cut where the part ends.
            let cuts = start < known && known < end ? [(start, known), (known, end)] : [(start, end)]
            for (from, to) in cuts {
                request.offset = Int32(from)
                request.data = bytes[from..<to]
                _ = try await hub.call(CreditCommands.stageBulkFile, request)
            }
        }
    }

    private func bytes() throws -> Data {
        do {
            // A pipe has no size before it is read.
            let size = try FileManager.default.attributesOfItem(atPath: self.file)[.size] as? UInt64 ?? 0
            let bytes = try size <= Self.limit ? Data(contentsOf: URL(filePath: self.file)) : nil
            guard let bytes, bytes.count <= Self.limit else {
                throw Failure(.usage, "\(self.file) is larger than 32 MiB.")
            }
            return bytes
        } catch let error as CocoaError {
            throw Failure(.usage, "Cannot read \(self.file): \(error).")
        }
    }
}
