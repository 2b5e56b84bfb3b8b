import Foundation
import Settings
import Testing

@Suite struct SettingsTests {
    private let declared = [
        Setting("database.url", "Where the database is."),
        Setting("http.port", "Port.", default: "8080"),
        Setting("openai.key", "Key.", isSecret: true),
    ]

    private func settings(
        _ arguments: [String] = [],
        environment: [String: String] = [:]
    ) throws -> Settings {
        try Settings(self.declared, prefix: "HUBD", arguments: arguments, environment: environment)
    }

    private func file(_ text: String) throws -> String {
        let url = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString).json")
        try Data(text.utf8).write(to: url)
        return url.path
    }

    @Test func `a flag goes over the environment, which goes over the file, which goes over the default`() throws {
        let path = try self.file(#"{"http": {"port": 1}, "database.url": "file"}"#)
        let environment = ["HUBD_HTTP_PORT": "2", "HUBD_CONFIG": path]

        #expect(try self.settings().int("http.port", in: 1...9999) == 8080)
        #expect(try self.settings(["--config", path]).int("http.port", in: 1...9999) == 1)
        #expect(try self.settings(environment: environment).int("http.port", in: 1...9999) == 2)
        #expect(try self.settings(["--http-port=3"], environment: environment).int("http.port", in: 1...9999) == 3)
        #expect(try self.settings(environment: environment).string("database.url") == "file")
    }

    @Test func `a required setting that is missing is named`() throws {
        let settings = try self.settings()

        let error = #expect(throws: SettingsError.self) { try settings.string("database.url") }

        #expect(error?.description.contains("database.url is required; give it as --database-url") == true)
    }

    @Test(arguments: [
        (["--htp-port", "1"], "--htp-port"),
        (["serve"], "serve"),
        (["--http-port"], "--http-port needs a value"),
        (["--http-port", "1", "--http-port", "2"], "--http-port is given twice"),
        (["--openai-key", "x"], "openai.key is a secret"),
    ])
    func `a flag that cannot be taken is named`(arguments: [String], expected: String) {
        let error = #expect(throws: SettingsError.self) { try self.settings(arguments) }

        #expect(error?.description.contains(expected) == true)
    }

    @Test func `an unknown environment variable is named`() {
        let error = #expect(throws: SettingsError.self) { try self.settings(environment: ["HUBD_HTP_PORT": "1"]) }

        #expect(error?.description.contains("HUBD_HTP_PORT") == true)
    }

    @Test(arguments: [
        (#"{"http": {"prt": 1}}"#, "http.prt"),
        (#"{"http": {"port": [1]}}"#, "http.port"),
        (#"[1]"#, "not a JSON object"),
        (#"{"#, "not a JSON object"),
    ])
    func `what is wrong in the file is named`(text: String, expected: String) throws {
        let path = try self.file(text)

        let error = #expect(throws: SettingsError.self) { try self.settings(["--config", path]) }

        #expect(error?.description.contains(expected) == true)
    }

    @Test func `a file that cannot be read is named`() {
        let error = #expect(throws: SettingsError.self) { try self.settings(["--config", "/nowhere/hub.json"]) }

        #expect(error?.description.contains("/nowhere/hub.json") == true)
    }

    @Test(arguments: ["0", "70000", "x", "1e3", "-1"])
    func `a number out of range names the key and the range`(value: String) throws {
        let settings = try self.settings(["--http-port", value])

        let error = #expect(throws: SettingsError.self) { try settings.int("http.port", in: 1...65_535) }

        #expect(error?.description == "http.port must be a whole number from 1 to 65535, not \(value).")
    }

    @Test func `help lists flags, and secrets by their variable`() {
        let help = Settings.help(self.declared, prefix: "HUBD")

        #expect(help.contains("--http-port\n          Port. (default: 8080)"))
        #expect(help.contains("  HUBD_OPENAI_KEY\n"))
        #expect(!help.contains("--openai-key"))
    }
}
