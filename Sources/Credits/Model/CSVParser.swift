/// One record of a CSV file.
package struct CSVRecord: Sendable, Equatable {
    /// The line of the file on which it begins, from 1.
    package let line: Int
    package let cells: [String]

    package init(line: Int, cells: [String]) {
        self.line = line
        self.cells = cells
    }
}

/// Why a file cannot be read as CSV, and where.
package struct CSVFault: Error, Sendable, Equatable {
    package enum Kind: Sendable {
        case nul
        case notUTF8
        /// A quote inside of a cell that does not begin with one.
        case strayQuote
        /// Something between a closing quote and the end of the cell.
        case textAfterQuote
        /// The file ends inside of quotes.
        case openQuote
        /// A record of more than ``CSVParser/recordLimit`` bytes, most often for want of a closing quote.
        case tooLong
    }

    /// The line where it shows; for what concerns a whole record, the line where that begins.
    package let line: Int
    package let kind: Kind
}

/// Reads CSV (RFC 4180) piece by piece, wherever the pieces are cut. Lines may end in LF, CRLF or CR, also mixed; a byte
/// order mark in front and empty lines are passed over.
package struct CSVParser: Sendable {
    /// Most bytes of one record.
    package static let recordLimit = 64 << 10

    private enum Place {
        /// Nothing of the cell has come.
        case start
        case plain
        case quoted
        /// Behind a quote inside of quotes: it closes them, unless another follows.
        case quote
    }

    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    private static let comma = UInt8(ascii: ",")
    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    private var place = Place.start
    /// How much of the byte order mark has come; `nil` once the text has begun.
    private var markLength: Int? = 0
    /// The line of the next byte, and where the record began.
    private var line = 1
    private var recordLine = 1
    private var recordLength = 0
    private var recordHasQuotes = false
    private var followsReturn = false
    private var cells: [String] = []
    private var cell: [UInt8] = []

    package init() {}

    /// Takes the next piece of the file.
    ///
    /// - Returns: The records that it completes.
    /// - Throws: What makes the file unreadable; nothing more can be read then.
    package mutating func feed(_ bytes: some Sequence<UInt8>) throws(CSVFault) -> [CSVRecord] {
        var records: [CSVRecord] = []
        for byte in bytes {
            if let length = self.markLength {
                if byte == Self.mark[length] {
                    self.markLength = length + 1 < Self.mark.count ? length + 1 : nil
                    continue
                }
                try self.beginText(&records)
            }
            try self.take(byte, &records)
        }
        return records
    }

    /// Ends the file.
    ///
    /// - Returns: The record that no line end has completed.
    package mutating func finish() throws(CSVFault) -> CSVRecord? {
        var records: [CSVRecord] = []
        try self.beginText(&records)
        guard self.place != .quoted else { throw CSVFault(line: self.recordLine, kind: .openQuote) }
        if self.place != .start || !self.cells.isEmpty { try self.endRecord(&records) }
        return records.first
    }

    /// What had looked like a byte order mark is text.
    private mutating func beginText(_ records: inout [CSVRecord]) throws(CSVFault) {
        let length = self.markLength ?? 0
        self.markLength = nil
        for byte in Self.mark.prefix(length) { try self.take(byte, &records) }
    }

    private mutating func take(_ byte: UInt8, _ records: inout [CSVRecord]) throws(CSVFault) {
        guard byte != 0 else { throw CSVFault(line: self.line, kind: .nul) }
        self.recordLength += 1
        guard self.recordLength <= Self.recordLimit else { throw CSVFault(line: self.recordLine, kind: .tooLong) }
        let completesReturn = byte == Self.lineFeed && self.followsReturn
        self.followsReturn = byte == Self.carriageReturn
        if byte == Self.carriageReturn || byte == Self.lineFeed && !completesReturn { self.line += 1 }

        switch self.place {
        case .quoted where byte == Self.quote: self.place = .quote
        case .quoted: self.cell.append(byte)
        case .quote where byte == Self.quote:
            self.cell.append(byte)
            self.place = .quoted
        case .start, .plain, .quote:
            switch byte {
            case Self.comma: try self.endCell()
            case Self.lineFeed where completesReturn: self.recordLength = 0
            case Self.lineFeed, Self.carriageReturn: try self.endRecord(&records)
            case Self.quote where self.place == .start:
                self.place = .quoted
                self.recordHasQuotes = true
            case Self.quote: throw CSVFault(line: self.line, kind: .strayQuote)
            default:
                guard self.place != .quote else { throw CSVFault(line: self.line, kind: .textAfterQuote) }
                self.place = .plain
                self.cell.append(byte)
            }
        }
    }

    private mutating func endCell() throws(CSVFault) {
        guard let text = String(validating: self.cell, as: UTF8.self) else {
            throw CSVFault(line: self.recordLine, kind: .notUTF8)
        }
        self.cells.append(text)
        self.cell.removeAll(keepingCapacity: true)
        self.place = .start
    }

    private mutating func endRecord(_ records: inout [CSVRecord]) throws(CSVFault) {
        try self.endCell()
        if self.cells != [""] || self.recordHasQuotes {
            records.append(CSVRecord(line: self.recordLine, cells: self.cells))
        }
        self.cells = []
        self.recordHasQuotes = false
        self.recordLength = 0
        self.recordLine = self.line
    }
}
