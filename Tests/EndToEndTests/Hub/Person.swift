import AsyncHTTPClient
import Contract
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import RPC
import Support
import Testing

/// Somebody who uses the hub, by command line, HTTP and RPC.
struct Person: Sendable {
    let hub: RunningHub
    let email: String
    let password: String
    /// The folder of the command line's session.
    let home: String
    var tokens = Tokens(accessToken: "", refreshToken: "")

    struct Tokens: Decodable, Sendable {
        let accessToken: String
        let refreshToken: String
    }

    struct Me: Decodable {
        let userId: String
    }

    /// Somebody nobody knows yet.
    init(_ hub: RunningHub) throws {
        self.hub = hub
        self.email = "person-\(UUID().uuidString.lowercased())@example.org"
        self.password = "correct horse \(UUID().uuidString)"
        self.home = try ScratchFolder.make("home")
    }

    /// Somebody with an account, signed in over HTTP, who owns so many credits.
    static func signedIn(_ hub: RunningHub, owning credits: String = "1") async throws -> Person {
        var person = try Person(hub)
        let registered = try await person.post("/api/auth/register", person.credentials)
        #expect(registered.status == 200)
        try await person.signIn()
        if credits != "1" { try await person.own(credits) }
        return person
    }

    /// The administrator, signed in over HTTP.
    static func administrator(_ hub: RunningHub) async throws -> Person {
        let person = Person(
            hub: hub,
            email: RunningHub.administrator,
            password: hub.administratorPassword,
            home: try ScratchFolder.make("home")
        )
        var signedIn = person
        try await signedIn.signIn()
        return signedIn
    }

    private init(hub: RunningHub, email: String, password: String, home: String) {
        self.hub = hub
        self.email = email
        self.password = password
        self.home = home
    }

    var credentials: String { #"{"email": "\#(self.email)", "password": "\#(self.password)"}"# }

    mutating func signIn() async throws {
        let answer = try await self.post("/api/auth/login", self.credentials)
        #expect(answer.status == 200, "\(answer.text)")
        self.tokens = try answer.decoded(Tokens.self)
    }

    func userID() async throws -> String { try await self.get("/api/users/me").decoded(Me.self).userId }

    /// Has the administrator give or take what is missing to so many credits.
    private func own(_ credits: String) async throws {
        let administrator = try await Person.administrator(self.hub)
        let missing = try #require(Decimal(string: credits)) - 1
        let body = """
            {"requestId": "\(UUID().uuidString)", "userId": "\(try await self.userID())", "amount": "\(missing)", "reason": "test"}
            """
        let answer = try await administrator.post("/api/admin/credits/adjust", body)
        #expect(answer.status == 200, "\(answer.text)")
    }
}

/// An HTTP answer, read to its end.
struct Answer: Sendable {
    let status: Int
    let headers: [String: String]
    let text: String

    func decoded<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data(self.text.utf8))
    }

    /// The body as a JSON object.
    var object: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(self.text.utf8))) as? [String: Any] ?? [:]
    }

    /// The body's lines, each a JSON object.
    var objects: [[String: Any]] {
        self.text.split(separator: "\n").compactMap {
            (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
        }
    }

    /// The reason of an error.
    var reason: String? {
        let details = self.object["details"] as? [[String: Any]]
        return details?.compactMap { $0["reason"] as? String }.first
    }

    /// The first field that an error names.
    var field: String? {
        let details = self.object["details"] as? [[String: Any]]
        let violations = details?.compactMap { $0["fieldViolations"] as? [[String: Any]] }.first
        return violations?.first?["field"] as? String
    }
}

extension Person {
    func get(_ path: String) async throws -> Answer { try await self.send(.GET, path) }

    func post(_ path: String, _ body: String, accept: String? = nil) async throws -> Answer {
        try await self.send(.POST, path, body: body, headers: accept.map { [("Accept", $0)] } ?? [])
    }

    func send(
        _ method: HTTPMethod,
        _ path: String,
        body: String? = nil,
        headers: [(String, String)] = []
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: self.hub.http + path)
        request.method = .RAW(value: method.rawValue)
        if !self.tokens.accessToken.isEmpty {
            request.headers.add(name: "Authorization", value: "Bearer \(self.tokens.accessToken)")
        }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let bytes = try await response.body.collect(upTo: 16 << 20)
        return Answer(
            status: Int(response.status.code),
            headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { $1 },
            text: String(buffer: bytes)
        )
    }

    /// HTTP methods by their names.
    enum HTTPMethod: String {
        case GET, POST, PUT, DELETE
    }
}

extension Person {
    /// What tells the command line who this is.
    var environment: [String: String?] {
        ["HUB_SERVER": self.hub.rpc, "HUB_PASSWORD": self.password, "XDG_CONFIG_HOME": self.home, "HOME": self.home]
    }

    /// Runs the command line as this person.
    func run(
        _ arguments: String...,
        input: String? = nil
    ) async throws -> (exit: Program.Exit, output: String, errors: String) {
        try await self.run(arguments, input: input)
    }

    /// Runs the command line as this person.
    func run(
        _ arguments: [String],
        input: String? = nil
    ) async throws -> (exit: Program.Exit, output: String, errors: String) {
        let (exit, output, errors) = try await Program.run(
            Program.built("hub"),
            arguments,
            environment: self.environment,
            input: input.map { .text($0) } ?? .none
        )
        return (exit, output.joined(separator: "\n"), errors.joined(separator: "\n"))
    }

    /// Calls the daemon over RPC as this person.
    func withClient<Value>(
        at address: String? = nil,
        _ body: (Client, CallOptions) async throws -> Value
    ) async throws -> Value {
        let client = Client(
            try #require(Server.Address(address ?? self.hub.rpc)),
            group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let options = CallOptions(metadata: ["authorization": "Bearer \(self.tokens.accessToken)"])
        let result: Result<Value, any Error>
        do { result = .success(try await body(client, options)) } catch { result = .failure(error) }
        await client.close()
        return try result.get()
    }
}

/// A chat in JSON.
func chat(
    _ prompt: String,
    requestID: String = UUID().uuidString,
    model: String = "standin-small",
    maxTokens: Int = 100
) -> String {
    """
    {"requestId": "\(requestID)", "model": "\(model)", "maxTokens": \(maxTokens), "messages": [{"role": "user", "content": "\(prompt)"}]}
    """
}
