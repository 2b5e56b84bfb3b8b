import Contract
import SwiftProtobuf
import Testing

@testable import hub

struct PrinterTests {
    private let output: Scratch
    private let errors: Scratch
    private let shell: Shell

    init() throws {
        self.output = try Scratch()
        self.errors = try Scratch()
        self.shell = Desk().shell(input: try Scratch(), output: self.output, errors: self.errors)
    }

    @Test func `JSON is one object per line`() throws {
        var printer = Printer(shell: self.shell, format: .json)

        try printer.show(ChatResponse.with { $0.text = "two\nlines" })
        try printer.show(Balance.with { $0.balance = "12.5" })

        #expect(try self.output.text() == "{\"text\":\"two\\nlines\"}\n{\"balance\":\"12.5\"}\n")
    }

    @Test func `titles come once in a stream of tables`() throws {
        var printer = Printer(shell: self.shell, format: .table)

        for _ in 1...2 { try printer.show(RegisterResponse.with { $0.email = "a@b" }) }

        #expect(try self.output.text() == "EMAIL  MESSAGE\na@b\na@b\n")
    }

    @Test func `a chat's text is printed as it is and its price on standard error`() throws {
        var printer = Printer(shell: self.shell, format: .table)
        let done = ChatDone.with {
            $0.finishReason = "length"
            $0.servedModel = "parrot-1"
            $0.usage.promptTokens = 3
            $0.usage.completionTokens = 4
            $0.usage.quality = .estimated
            $0.usage.creditsCharged = "0.25"
            $0.usage.creditsAvailable = "12.25"
        }

        try printer.show(ChatResponse.with { $0.text = "Hel" })
        try printer.show(ChatResponse.with { $0.text = "lo" })
        try printer.show(ChatResponse.with { $0.done = done })

        #expect(try self.output.text() == "Hello\n")
        #expect(
            try self.errors.text()
                == "— parrot-1, 3 + 4 tokens (estimated), 0.25 credits charged, 12.25 left, cut off at the token limit\n"
        )
    }

    @Test func `CSV has no carriage returns on a terminal and all of them in a file`() async throws {
        let terminal = try PseudoTerminal()
        let shell = Desk().shell(input: try Scratch(), output: terminal, errors: self.errors)
        let messages: [any Tabular] = [
            ExportCreditReportResponse.with { $0.csv = "day,movements\r\n" },
            BulkAdjustCreditsResponse.with { $0.csv = "line,user_id\r\n" },
        ]
        for message in messages {
            var (toTerminal, toFile) = (
                Printer(shell: shell, format: .table), Printer(shell: self.shell, format: .table)
            )
            try toTerminal.show(message)
            try toFile.show(message)
        }

        try shell.output.write("end")

        // The terminal itself makes each line feed a line end.
        let screen = try await terminal.screen(until: "end")
        #expect(screen == "day,movements\r\nline,user_id\r\nend")
        #expect(try self.output.text() == "day,movements\r\nline,user_id\r\n")
    }

    @Test func `a line that text left open is ended once`() throws {
        var printer = Printer(shell: self.shell, format: .table)
        try printer.write("Hel")

        printer.endLine()
        printer.endLine()

        #expect(try self.output.text() == "Hel\n")
    }
}
