import Foundation

/// Reads the places that settings come from, each into values by key.
enum Sources {
    static func flags(_ arguments: [String], _ declared: [Setting]) throws(SettingsError) -> [String: String] {
        var values: [String: String] = [:]
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let setting = declared.first(where: { $0.flag == parts[0] }) else {
                throw SettingsError("Unknown option \(parts[0]); --help lists the options.")
            }
            guard !setting.isSecret else {
                throw SettingsError(
                    "\(setting.key) is a secret; give it in the environment or in the file, not as a flag."
                )
            }
            guard let value = parts.count == 2 ? parts[1] : rest.popFirst() else {
                throw SettingsError("\(setting.flag) needs a value.")
            }
            guard values.updateValue(value, forKey: setting.key) == nil else {
                throw SettingsError("\(setting.flag) is given twice.")
            }
        }
        return values
    }

    static func variables(
        _ environment: [String: String],
        _ prefix: String,
        _ declared: [Setting]
    ) throws(SettingsError) -> [String: String] {
        var values: [String: String] = [:]
        for (name, value) in environment where name.hasPrefix(prefix + "_") {
            guard let setting = declared.first(where: { $0.variable(prefix) == name }) else {
                throw SettingsError("Unknown environment variable \(name); --help lists the settings.")
            }
            values[setting.key] = value
        }
        return values
    }

    static func file(_ path: String, _ declared: [Setting]) throws(SettingsError) -> [String: String] {
        guard let text = FileManager.default.contents(atPath: path) else {
            throw SettingsError("The file \(path), named by config, cannot be read.")
        }
        guard let object = try? JSONSerialization.jsonObject(with: text) as? [String: Any] else {
            throw SettingsError("The file \(path), named by config, is not a JSON object.")
        }
        var values: [String: String] = [:]
        for (key, value) in self.flatten(object, below: "") {
            guard declared.contains(where: { $0.key == key }) else {
                throw SettingsError("Unknown key \(key) in \(path); --help lists the settings.")
            }
            guard let value else { throw SettingsError("\(key) in \(path) must be a text or a number.") }
            values[key] = value
        }
        return values
    }

    /// `{"database": {"url": "x"}}` and `{"database.url": "x"}` are the same.
    private static func flatten(_ object: [String: Any], below prefix: String) -> [(String, String?)] {
        object.flatMap { name, value -> [(String, String?)] in
            let key = prefix + name
            return switch value {
            case let object as [String: Any]: self.flatten(object, below: key + ".")
            case let text as String: [(key, text)]
            case let number as NSNumber: [(key, number.stringValue)]
            default: [(key, nil)]
            }
        }
    }
}
