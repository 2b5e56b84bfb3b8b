package import Contract
import Kernel
package import RPC
import SwiftProtobuf

extension CreditsService {
    /// The whole report as CSV, piece by piece: a slow reader holds back the reading of the next piece.
    package func exportCreditReport(
        _ request: ExportCreditReportRequest,
        _ responses: ResponseStream<ExportCreditReportResponse>,
        _ call: CallContext
    ) async throws {
        let order = try ReportOrder(
            .with {
                $0.groupBy = request.groupBy
                $0.fromDay = request.fromDay
                $0.toDay = request.toDay
                $0.userID = request.userID
                $0.service = request.service
                $0.model = request.model
                $0.kind = request.kind
            }
        )
        var text = CSVWriter.line(order.keys.map(\.title) + ["movements", "credits_in", "credits_out"])
        var position: ReportPosition?
        repeat {
            let groups = try await self.report(order, after: position, limit: exportLimit).groups
            for group in groups { text += CSVWriter.line(group.cells(order.keys)) }
            try await responses.write(.with { $0.csv = text })
            text = ""
            position = groups.count < exportLimit ? nil : groups.last.map { ReportPosition(keys: $0.keys) }
        } while position != nil
    }
}

/// Lines of one piece.
private let exportLimit: Int64 = 1000

extension ReportOrder.Key {
    fileprivate var title: String {
        switch self {
        case .day: "day"
        case .user: "user_id"
        case .service: "service"
        case .model: "model"
        case .kind: "kind"
        }
    }
}

extension ReportGroup {
    fileprivate func cells(_ keys: [ReportOrder.Key]) -> [String] {
        let names = zip(keys, self.keys).map { key, value in
            guard key == .kind, let kind = Int16(value).flatMap(EntryKind.init(rawValue:)) else { return value }
            return "\(kind)"
        }
        return names + ["\(self.movements)", self.creditsIn, self.creditsOut]
    }
}
