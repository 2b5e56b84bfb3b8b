/// One thing that can be configured.
package struct Setting: Sendable {
    /// Dotted name, such as `database.url`.
    package let key: String
    /// What it means, units and range included; shown by `--help`.
    package let help: String
    /// Used when it is not given; `nil` makes it required for whoever reads it.
    package let fallback: String?
    /// Must not be given on the command line, where every user of the machine can read it.
    package let isSecret: Bool

    package init(_ key: String, _ help: String, default fallback: String? = nil, isSecret: Bool = false) {
        self.key = key
        self.help = help
        self.fallback = fallback
        self.isSecret = isSecret
    }

    /// Its form on the command line, such as `--database-url`.
    package var flag: String { "--" + self.key.replacing(".", with: "-") }

    /// Its form in the environment, such as `HUBD_DATABASE_URL`.
    package func variable(_ prefix: String) -> String {
        prefix + "_" + self.key.replacing(".", with: "_").replacing("-", with: "_").uppercased()
    }
}
