extension Contract {
    /// How each answer looks as a table.
    var tables: [String] {
        var seen: Set<String> = []
        return self.callableMethods.map(\.response).filter { seen.insert($0.fullName).inserted }.map(self.table)
    }

    /// How each enum that is an option or a cell is written.
    var choices: [String] {
        let inRequests = self.callableMethods.flatMap(\.request.fields)
        let rows = self.callableMethods.map(\.response).map { self.rowType(of: $0) ?? $0 }
        let inTables = rows.flatMap { self.columns(of: $0) }.map(\.field)
        let names = (inRequests + inTables).compactMap { field -> String? in
            guard case .enumeration(let name) = field.kind else { return nil }
            return name
        }
        return Set(names).sorted().compactMap { self.enums[$0]?.choice }
    }

    /// The message itself is the row; one that holds a list has a row for each of the list's messages.
    private func table(of message: MessageType) -> String {
        let row = self.rowType(of: message) ?? message
        let rows = message.list.map { "self.\($0.swiftName)" } ?? "[self]"
        let notes = message.list == nil ? [] : message.notes
        let columns = self.columns(of: row).map(\.swift)
        let list = columns.isEmpty ? "[]" : "[\n\(columns.lines.indented(3))\n        ]"
        return """
            extension \(message.swiftName): Tabular {
                var table: Table {
                    let columns: [Column<\(row.swiftName)>] = \(list)
                    return Table(\(rows), columns\(notes.isEmpty ? "" : ", notes: [\(notes.joined(separator: ", "))]"))
                }\(message.csv.map(self.presentation(ofCSV:)) ?? "")
            }
            """
    }

    /// A piece of a CSV text is no table of its own.
    private func presentation(ofCSV field: Field) -> String {
        """


            func present(on printer: inout Printer) throws {
                try printer.write(csv: self.\(field.swiftName))
            }
        """
    }

    private func rowType(of message: MessageType) -> MessageType? {
        guard case .message(let name)? = message.list?.kind else { return nil }
        return self.messages[name]
    }

    /// A column for each value of `message` and of the messages within; one inside of itself is not entered again.
    private func columns(
        of message: MessageType,
        below path: [Field] = [],
        within outer: Set<String> = []
    ) -> [TableColumn] {
        message.fields.flatMap { field -> [TableColumn] in
            let around = outer.union([message.fullName])
            guard case .message(let name) = field.kind, !field.isRepeated, let inner = self.messages[name],
                !name.hasPrefix("google.protobuf.")
            else { return [TableColumn(path: path, field: field)].filter(\.isShown) }
            return around.contains(name) ? [] : self.columns(of: inner, below: path + [field], within: around)
        }
    }
}

extension MessageType {
    /// The first field that holds messages.
    fileprivate var list: Field? {
        self.fields.first { field in
            guard case .message = field.kind else { return false }
            return field.isRepeated
        }
    }

    /// What stands below the rows: the plain values beside the list.
    fileprivate var notes: [String] {
        let plain = self.fields.filter { $0.isPrimitive && !$0.isRepeated && !$0.marker.secret && $0.kind != .bytes }
        return plain.map { field in
            let value = field.kind == .string ? "self.\(field.swiftName)" : "\"\\(self.\(field.swiftName))\""
            return "\(SwiftSource.literal(field.title)): \(value)"
        }
    }
}

extension EnumType {
    fileprivate var choice: String {
        let choices = self.values.filter { !$0.isUnspecified }.map { value in
            let meaning = value.doc.paragraphs.joined(separator: " ")
            let word = self.word(for: value)
            return "(\(SwiftSource.literal(word)), .\(value.swiftName), \(SwiftSource.literal(meaning))),"
        }
        return """
            extension \(self.swiftName): Choice {
                static var choices: [(name: String, value: \(self.swiftName), meaning: String)] {
                    [
            \(choices.lines.indented(3))
                    ]
                }
            }
            """
    }

    /// The value's name as people type it: `open` for `HOLD_STATE_OPEN`.
    private func word(for value: Value) -> String {
        let prefix = self.name.commandLineName + "-"
        let name = value.name.lowercased().commandLineName
        return name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
    }
}
