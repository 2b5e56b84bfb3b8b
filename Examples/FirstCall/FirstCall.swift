import Contract
import Foundation
import RPC
import SwiftProtobuf

/// What a program needs to use the hub from Swift: it signs in, shows the balance, chats, and looks at two errors.
///
///     HUB_PASSWORD=… first-call 127.0.0.1:7700 you@example.org "What is a ledger?"
@main
struct FirstCall {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count == 3, let password = ProcessInfo.processInfo.environment["HUB_PASSWORD"] else {
            return print("usage: HUB_PASSWORD=… first-call ADDRESS EMAIL PROMPT")
        }
        let (address, email, prompt) = (arguments[1], arguments[2], arguments[3])

        // One line to connect. The scope closes the client, however it is left.
        try await withClient(at: address) { client in
            let session = try await IdentityCommandsClient(client).login(
                .with {
                    $0.email = email
                    $0.password = password
                }
            )
            let me = CallOptions(metadata: ["authorization": "Bearer \(session.accessToken)"], timeout: .seconds(30))

            let balance = try await CreditQueriesClient(client).getBalance(.init(), me)
            print("balance: \(balance.available)")

            try await Self.chat(prompt, client, me)
            try await Self.meetErrors(client, me)
        }
    }

    /// A stream is an async sequence. Leaving the scope early, or cancelling the task, stops the model.
    private static func chat(_ prompt: String, _ client: Client, _ me: CallOptions) async throws {
        let request = ChatRequest.with {
            $0.requestID = UUID().uuidString
            $0.model = "standin-small"
            $0.messages = [.asking(prompt)]
        }
        try await InferenceCommandsClient(client).chat(request, me) { responses in
            for try await response in responses {
                switch response.event {
                case .text(let text)?: print(text, terminator: "")
                case .done(let done)?: print("\ncharged: \(done.usage.creditsCharged)")
                case nil: break
                }
            }
        }
    }

    /// Errors are statuses: a code to switch over, and details with types of their own.
    private static func meetErrors(_ client: Client, _ me: CallOptions) async throws {
        do {
            let unknown = ChatRequest.with {
                $0.requestID = UUID().uuidString
                $0.model = "no-such-model"
                $0.messages = [.asking("Hello")]
            }
            try await InferenceCommandsClient(client).chat(unknown, me) { for try await _ in $0 {} }
        } catch let error as Status where error.code == .notFound {
            print("not found: \(error.detail(ResourceInfo.self)?.resourceName ?? "?")")
        }
        do {
            _ = try await CreditQueriesClient(client).getBalance(.with { $0.userID = "me" }, me)
        } catch let error as Status {
            for violation in error.detail(BadRequest.self)?.fieldViolations ?? [] {
                print("\(violation.field): \(violation.description_p)")
            }
        }
    }
}

extension ChatMessage {
    fileprivate static func asking(_ prompt: String) -> ChatMessage {
        .with {
            $0.role = "user"
            $0.content = prompt
        }
    }
}
