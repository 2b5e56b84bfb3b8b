package import Contract
import Kernel
package import RPC
import SwiftProtobuf

extension CreditsService {
    /// Checks all books, and tells of each rule when it is done.
    package func verifyLedger(
        _ request: VerifyLedgerRequest,
        _ responses: ResponseStream<LedgerFinding>,
        _ call: CallContext
    ) async throws {
        let pin = try JournalChain.Pin(request)
        // As many as there are rules.
        let (findings, continuation) = AsyncStream.makeStream(of: LedgerCheck.Finding.self)
        async let check: Void = {
            defer { continuation.finish() }
            try await self.ledger.audit.run(from: pin) { continuation.yield($0) }
        }()
        for await finding in findings { try await responses.write(LedgerFinding(finding)) }
        try await check
    }
}

extension JournalChain.Pin {
    fileprivate init?(_ request: VerifyLedgerRequest) throws(Status) {
        guard request.pinnedLink >= 0 else { throw .invalid(field: "pinned_link", "must be 0 or more") }
        let hash = try request.pinnedHash.isEmpty ? nil : JournalChain.hash(field: "pinned_hash", request.pinnedHash)
        guard request.pinnedLink > 0 else {
            guard hash == nil else { throw .invalid(field: "pinned_link", "is required beside pinned_hash") }
            return nil
        }
        self.init(link: request.pinnedLink, hash: hash)
    }
}

extension LedgerFinding {
    fileprivate init(_ finding: LedgerCheck.Finding) {
        self = .with {
            $0.rule = finding.rule.name
            $0.claim = finding.rule.claim
            $0.checked = finding.count
            $0.holds = finding.broken.isEmpty
            $0.broken = finding.broken
            guard let chain = finding.chain else { return }
            $0.head = .with {
                $0.link = chain.head.link
                $0.hash = chain.headHash
                $0.unsealed = chain.unsealed
            }
        }
    }
}
