package import Foundation

/// A line of a bulk file: what it asks for, or why that cannot be told.
package struct BulkOrder: Sendable, Equatable {
    /// A line that makes sense.
    package struct Adjustment: Sendable, Equatable {
        package let account: UUID
        package let amount: CreditAmount
    }

    /// Where it begins in the file.
    package let line: Int
    // As the file has them; empty if it has not.
    package let userID: String
    package let amount: String
    package let reason: String
    /// `nil` if the line is wrong.
    package let adjustment: Adjustment?
    /// What is wrong with the line; empty if nothing is.
    package let fault: String

    init(_ record: CSVRecord, _ columns: BulkColumns) {
        self.line = record.line
        let isComplete = record.cells.count == BulkColumns.names.count
        self.userID = isComplete ? record.cells[columns.userID] : ""
        self.amount = isComplete ? record.cells[columns.amount] : ""
        self.reason = isComplete ? record.cells[columns.reason] : ""
        let account = UUID(uuidString: self.userID)
        let amount = CreditAmount(self.amount)
        self.fault =
            if !isComplete {
                "The line has \(record.cells.count) cells and must have \(BulkColumns.names.count)."
            } else if account == nil {
                "user_id is not a UUID."
            } else if amount == nil {
                "amount must be a decimal number with at most 6 fraction digits, such as 12.5 or -3."
            } else if amount == .zero {
                "amount must not be 0."
            } else if self.reason.isEmpty {
                "reason is missing."
            } else if self.reason.utf8.count > Entry.reasonLimit {
                "reason must be at most \(Entry.reasonLimit) bytes."
            } else {
                ""
            }
        if let account, let amount, self.fault.isEmpty {
            self.adjustment = Adjustment(account: account, amount: amount)
        } else {
            self.adjustment = nil
        }
    }
}

/// Why a bulk file cannot be carried out at all, and where.
package struct BulkFault: Error, Sendable, Equatable {
    package let line: Int
    package let message: String
}

/// Which cell of a record is what.
package struct BulkColumns: Sendable, Equatable {
    static let names: Set<String> = ["user_id", "amount", "reason"]

    let userID: Int
    let amount: Int
    let reason: Int

    /// Reads the header.
    package init(_ header: CSVRecord) throws(BulkFault) {
        var places: [String: Int] = [:]
        for (place, name) in header.cells.enumerated() {
            guard Self.names.contains(name) else {
                throw BulkFault(line: header.line, message: "has a column \"\(name.prefix(64))\"; \(Self.expectation)")
            }
            guard places.updateValue(place, forKey: name) == nil else {
                throw BulkFault(line: header.line, message: "has the column \(name) twice; \(Self.expectation)")
            }
        }
        guard let userID = places["user_id"], let amount = places["amount"], let reason = places["reason"] else {
            let missing = Self.names.subtracting(places.keys).sorted().joined(separator: ", ")
            throw BulkFault(line: header.line, message: "lacks the column \(missing); \(Self.expectation)")
        }
        (self.userID, self.amount, self.reason) = (userID, amount, reason)
    }

    static let expectation = "the first line must name the columns user_id, amount and reason, in any order"
}

/// Makes orders of a bulk file, piece by piece.
package struct BulkSheet: Sendable {
    /// Most lines below the header.
    package static let lineLimit = 100_000

    private var parser = CSVParser()
    private var columns: BulkColumns?
    /// Orders so far.
    package private(set) var count = 0

    package init() {}

    /// Takes the next piece of the file.
    ///
    /// - Returns: The lines that it completes.
    /// - Throws: Why no line of the file may be carried out.
    package mutating func feed(_ bytes: some Sequence<UInt8>) throws(BulkFault) -> [BulkOrder] {
        let records: [CSVRecord]
        do {
            records = try self.parser.feed(bytes)
        } catch {
            throw BulkFault(error)
        }
        return try self.orders(records)
    }

    /// Ends the file.
    package mutating func finish() throws(BulkFault) -> [BulkOrder] {
        let record: CSVRecord?
        do {
            record = try self.parser.finish()
        } catch {
            throw BulkFault(error)
        }
        let orders = try self.orders(record.map { [$0] } ?? [])
        guard self.columns != nil else { throw BulkFault(line: 1, message: "is empty; \(BulkColumns.expectation)") }
        return orders
    }

    private mutating func orders(_ records: [CSVRecord]) throws(BulkFault) -> [BulkOrder] {
        var orders: [BulkOrder] = []
        orders.reserveCapacity(records.count)
        for record in records {
            guard let columns else {
                self.columns = try BulkColumns(record)
                continue
            }
            guard self.count < Self.lineLimit else {
                throw BulkFault(
                    line: record.line,
                    message: "is one too many: a file has at most \(Self.lineLimit) lines"
                )
            }
            self.count += 1
            orders.append(BulkOrder(record, columns))
        }
        return orders
    }
}

extension BulkFault {
    fileprivate init(_ fault: CSVFault) {
        let message =
            switch fault.kind {
            case .nul: "holds a NUL character; save the file as UTF-8 text"
            case .notUTF8: "is not UTF-8; save the file as UTF-8 text"
            case .strayQuote: "has a quote inside of a cell that is not quoted; quote the cell and double the quote"
            case .textAfterQuote: "has text behind a closing quote; double quotes that belong to the cell"
            case .openQuote: "opens a quote that is never closed"
            case .tooLong: "begins a record of more than \(CSVParser.recordLimit) bytes; does it lack a closing quote?"
            }
        self.init(line: fault.line, message: message)
    }
}
