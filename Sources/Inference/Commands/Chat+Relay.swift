import Contract
import Credits
import Foundation
import Logging
import RPC
import SwiftProtobuf

extension InferenceService {
    /// Passes the answer on as it comes, keeps its hold alive meanwhile, and ends it in time to be settled, whoever keeps
    /// it waiting.
    /// Nothing it meets is thrown: how it ended decides who pays.
    func relay(
        _ prompt: ChatPrompt,
        from provider: any ChatModel,
        to responses: ResponseStream<ChatResponse>,
        holding hold: UUID
    ) async -> (ChatEnding, textBytes: Int) {
        guard !Task.isCancelled else { return (.unsent, 0) }
        let limit = self.answerLimit
        return await withTaskGroup(of: Finish?.self) { group in
            group.addTask { await pass(prompt, from: provider, to: responses) }
            group.addTask { (try? await Task.sleep(for: limit)) == nil ? nil : .time }
            group.addTask { await self.keepAlive(hold) }
            var (ending, textBytes, isLate) = (ChatEnding.abandoned, 0, false)
            for await finish in group {
                switch finish {
                case .answer(let how, let bytes)?: (ending, textBytes) = (how, bytes)
                case .time?: isLate = true
                case nil: break
                }
                group.cancelAll()
            }
            if isLate, case .abandoned = ending { ending = .failed(outOfTime) }
            return (ending, textBytes)
        }
    }
}

extension InferenceService {
    /// Extends a hold again and again.
    ///
    /// - Returns: `.time` when that has failed for so long that the answer must end now to be settled; `nil` when it was
    ///   cancelled.
    private func keepAlive(_ hold: UUID) async -> Finish? {
        let lifetime = Duration.seconds(self.holdLifetime)
        var extended = ContinuousClock.now
        while (try? await Task.sleep(for: lifetime / 3)) != nil {
            let asked = ContinuousClock.now
            do {
                try await self.credits.extend(hold, lifetime: self.holdLifetime)
                extended = asked
            } catch {
                self.logger.warning("a hold could not be extended", metadata: ["hold": "\(hold)", "error": "\(error)"])
                if error is Status || extended.duration(to: .now) > lifetime * 3 / 5 { return .time }
            }
        }
        return nil
    }
}

/// What ends first: the answer, or its time.
private enum Finish {
    case answer(ChatEnding, textBytes: Int)
    case time
}

private let outOfTime = ChatModelFailure(.midStream, "The answer took longer than its hold may last.")

/// The provider goes on although the most tokens that it was asked for cannot be so much text.
private struct BeyondCap: Error {}

private func pass(
    _ prompt: ChatPrompt,
    from provider: any ChatModel,
    to responses: ResponseStream<ChatResponse>
) async -> Finish {
    let limit = TokenCount.byteBound(of: prompt.maxOutputTokens)
    var textBytes = 0
    do {
        let completion = try await provider.stream(prompt) { event in
            guard case .text(let text) = event else { return }
            guard textBytes + text.utf8.count <= limit else { throw BeyondCap() }
            textBytes += text.utf8.count
            try await responses.write(.with { $0.text = text })
        }
        return .answer(.completed(completion), textBytes: textBytes)
    } catch is BeyondCap {
        let cut = ChatCompletion(
            finishReason: "length",
            servedModel: prompt.model,
            usage: nil,
            anomaly: "stopped: more text than \(prompt.maxOutputTokens) tokens can be"
        )
        return .answer(.completed(cut), textBytes: textBytes)
    } catch let failure as ChatModelFailure where !failure.mayBeBilled || !Task.isCancelled {
        return .answer(.failed(failure), textBytes: textBytes)
    } catch {
        return .answer(.abandoned, textBytes: textBytes)
    }
}
