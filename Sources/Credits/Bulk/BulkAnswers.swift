import Contract
import RPC
import SwiftProtobuf
import Synchronization

/// Tells the caller of a bulk run what comes of it, as it comes.
struct BulkAnswers {
    /// Most lines between two messages of progress.
    static let stride = 1000

    private let responses: ResponseStream<BulkAdjustCreditsResponse>
    private let listsSuccesses: Bool
    private let isCSV: Bool
    private var hasTitles = false
    /// What was told so far.
    private(set) var totals = BulkTotals()

    init(_ request: BulkAdjustCreditsRequest, _ responses: ResponseStream<BulkAdjustCreditsResponse>) {
        self.responses = responses
        self.listsSuccesses = request.listSuccesses
        self.isCSV = request.asCsv
    }

    /// Answers lines, and counts them.
    mutating func add(_ orders: some Sequence<BulkOrder>, _ outcomes: some Sequence<BulkOutcome>) async throws {
        if self.isCSV, !self.hasTitles {
            self.hasTitles = true
            try await self.responses.write(.with { $0.csv = CSVWriter.line(BulkLine.titles) })
        }
        for (order, outcome) in zip(orders, outcomes) {
            self.totals.add(order, outcome)
            guard outcome.isFailure || self.listsSuccesses else { continue }
            let line = BulkLine(order, outcome)
            try await self.responses.write(
                .with { response in
                    if self.isCSV {
                        response.csv = CSVWriter.line(line.cells(reason: order.reason))
                    } else {
                        response.line = line
                    }
                }
            )
        }
    }

    /// Says how far the run is.
    func report(_ progress: BulkProgress) async throws {
        try await self.responses.write(.with { $0.progress = progress })
    }

    /// Ends the stream.
    mutating func finish(_ done: BulkAdjustDone) async throws {
        try await self.add([], [])
        try await self.responses.write(.with { $0.done = done })
    }
}

extension BulkLine {
    /// The titles of the CSV form.
    static let titles = ["line", "user_id", "amount", "reason", "state", "code", "message", "balance_after"]

    init(_ order: BulkOrder, _ outcome: BulkOutcome) {
        self = .with {
            $0.line = Int32(order.line)
            $0.userID = order.userID
            $0.amount = order.amount
            switch outcome {
            case .done(let balance):
                $0.state = .done
                $0.balanceAfter = balance.description
            case .failed(let code, let message):
                $0.state = .failed
                $0.code = code
                $0.message = message
            case .leftOut: $0.state = .leftOut
            }
        }
    }

    func cells(reason: String) -> [String] {
        [
            "\(self.line)", self.userID, self.amount, reason, self.state.word, self.code, self.message,
            self.balanceAfter,
        ]
    }
}

extension BulkLineState {
    fileprivate var word: String {
        switch self {
        case .done: "done"
        case .failed: "failed"
        case .leftOut: "left-out"
        case .unspecified, .UNRECOGNIZED: ""
        }
    }
}

/// How far a run is, for those who look on from elsewhere.
final class BulkBoard: Sendable {
    private let progress: Mutex<BulkProgress>

    init(lines: Int) {
        self.progress = Mutex(.with { $0.lines = Int32(lines) })
    }

    var now: BulkProgress { self.progress.withLock { $0 } }

    func decided(_ outcomes: [BulkOutcome]) {
        self.progress.withLock {
            $0.decided += Int32(outcomes.count)
            $0.failed += Int32(outcomes.count(where: \.isFailure))
        }
    }

    func wrote(_ count: Int) {
        self.progress.withLock { $0.written = Int32(count) }
    }
}

/// Reports once a second while something goes on. It is waited for in any case.
func reporting<Value: Sendable>(
    _ report: () async throws -> Void,
    while work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await work() }
        group.addTask { try await oneSecond() }
        while let event = try await group.next() {
            if let value = event {
                group.cancelAll()
                return value
            }
            try await report()
            group.addTask { try await oneSecond() }
        }
        throw CancellationError()
    }
}

private func oneSecond<Value>() async throws -> Value? {
    try await Task.sleep(for: .seconds(1))
    return nil
}
