extension RouteEmitter {
    /// The names of every enum that a path or a query can hold a value of.
    func nameTables(for contract: Contract) -> [String] {
        let used = contract.methods.flatMap { method in
            method.bindings.flatMap { contract.boundFields(of: $0, method) }
        }
        let names = used.compactMap { field -> String? in
            guard case .enumeration(let name)? = field.path.last?.kind else { return nil }
            return name
        }
        return Set(names).sorted().compactMap { contract.enums[$0] }.map(table)
    }

    private func table(_ type: EnumType) -> String {
        """
        /// Numbers of \(type.swiftName) by their names.
        private let \(enumNameTable(type.fullName)): [String: Int] = [
        \(type.values.map { "\(SwiftSource.literal($0.name)): \($0.number)," }.lines.indented())
        ]
        """
    }
}

/// The name of the table with an enum's names, such as `hubCreditsV1TransactionKindNames`.
func enumNameTable(_ fullName: String) -> String {
    swiftMemberName(fullName.split(separator: ".").joined(separator: "_") + "_names")
}
