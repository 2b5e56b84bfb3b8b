import ArgumentParser
import SwiftProtobuf

/// An enum of the contract as people write it: lower-case, without the prefix that all its values share.
protocol Choice: Enum, ExpressibleByArgument {
    /// The values that can be chosen.
    static var choices: [(name: String, value: Self, meaning: String)] { get }
}

extension Choice {
    init?(argument: String) {
        guard let choice = Self.choices.first(where: { $0.name == argument }) else { return nil }
        self = choice.value
    }

    /// How this value is written: nothing when it is unset, its number when it is newer than this program.
    var name: String {
        if let known = Self.choices.first(where: { $0.value == self }) { return known.name }
        return self.rawValue == 0 ? "" : String(self.rawValue)
    }

    static var allValueStrings: [String] { Self.choices.map(\.name) }

    static var allValueDescriptions: [String: String] {
        Dictionary(Self.choices.map { ($0.name, $0.meaning) }) { first, _ in first }
    }

    static var defaultCompletionKind: CompletionKind { .list(self.allValueStrings) }

    var defaultValueDescription: String { self.name }
}
