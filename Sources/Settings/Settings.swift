import Configuration
import Foundation

/// A program's configuration: flags over environment over file over defaults. Whatever is not declared is refused.
package struct Settings: Sendable {
    private let declared: [String: Setting]
    private let reader: ConfigReader

    /// Gathers the values of the declared settings.
    ///
    /// - Parameters:
    ///   - declared: Everything that may be set. `config`, the path of a JSON file, is understood beside it.
    ///   - prefix: What the program's environment variables start with, such as `HUBD`.
    ///   - arguments: Flags with their values; the program's name is not among them.
    ///   - environment: All variables; those without the prefix are somebody else's.
    /// - Throws: `SettingsError` for an unknown or malformed flag, variable or key of the file.
    package init(
        _ declared: [Setting],
        prefix: String,
        arguments: [String],
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws {
        let declared = declared + [Self.file]
        self.declared = Dictionary(uniqueKeysWithValues: declared.map { ($0.key, $0) })
        let flags = try Sources.flags(arguments, declared)
        let variables = try Sources.variables(environment, prefix, declared)
        let path = flags[Self.file.key] ?? variables[Self.file.key]
        let file = try path.map { try Sources.file($0, declared) } ?? [:]
        self.reader = ConfigReader(
            providers: [("flags", flags), ("environment", variables), ("file", file)].map { name, values in
                InMemoryProvider(
                    name: name,
                    values: Dictionary(
                        uniqueKeysWithValues: values.map { key, value in
                            (AbsoluteConfigKey(ConfigKey(key)), ConfigValue(.string(value), isSecret: true))
                        }
                    )
                )
            }
        )
    }

    /// Names the file that the rest may stand in.
    package static let file = Setting("config", "Path of a JSON file with settings; flags and environment go over it.")

    /// The value of a setting, or `nil` when it is neither given nor has a default.
    ///
    /// - Important: The key must be declared.
    package func optional(_ key: String) -> String? {
        guard let setting = self.declared[key] else { preconditionFailure("\(key) is not declared") }
        return self.reader.string(forKey: ConfigKey(key), isSecret: true) ?? setting.fallback
    }

    /// The value of a required setting.
    package func string(_ key: String) throws(SettingsError) -> String {
        guard let value = self.optional(key) else {
            throw SettingsError("\(key) is required; give it as \(self.declared[key]?.flag ?? key) or in the file.")
        }
        guard !value.isEmpty else { throw SettingsError("\(key) is empty.") }
        return value
    }

    /// The value of a setting that is a whole number in a range.
    package func int(_ key: String, in range: ClosedRange<Int>) throws(SettingsError) -> Int {
        let text = try self.string(key)
        guard let number = Int(text), range.contains(number) else {
            throw SettingsError(
                "\(key) must be a whole number from \(range.lowerBound) to \(range.upperBound), not \(text)."
            )
        }
        return number
    }

    /// The value of a setting that is one of a few words.
    package func choice<Word: RawRepresentable & CaseIterable>(
        _ key: String,
        of type: Word.Type
    ) throws(SettingsError) -> Word where Word.RawValue == String {
        let text = try self.string(key)
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw SettingsError("\(key) must be one of \(words), not \(text).")
        }
        return word
    }

    /// The parts of a setting that is a list separated by commas; empty parts are dropped.
    package func list(_ key: String) -> [String] {
        (self.optional(key) ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
    }

    /// One line for each setting, for `--help`.
    package static func help(_ declared: [Setting], prefix: String) -> String {
        (declared + [file]).map { setting in
            let form = setting.isSecret ? setting.variable(prefix) : setting.flag
            let fallback = setting.fallback.map { $0.isEmpty ? "" : " (default: \($0))" } ?? ""
            return "  \(form)\n          \(setting.help)\(fallback)"
        }
        .joined(separator: "\n")
    }
}
