import SwiftProtobuf

/// An answer that can be shown as a table.
protocol Tabular: Message {
    var table: Table { get }

    /// Shows the message to a person: its table, unless the message has a better form.
    func present(on printer: inout Printer) throws
}

extension Tabular {
    func present(on printer: inout Printer) throws {
        try printer.write(self.table)
    }
}
