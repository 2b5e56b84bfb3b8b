package import Contract
import Foundation
import Kernel
package import RPC
import SwiftProtobuf

extension CreditsService {
    /// Movements of all accounts in groups.
    package func getCreditReport(
        _ request: GetCreditReportRequest,
        _ call: CallContext
    ) async throws -> GetCreditReportResponse {
        let order = try ReportOrder(request)
        let size = min(try pageSize(request.pageSize), order.largestPage)
        let start = try ReportPosition(field: request.pageToken, of: order)

        // One group more than asked for tells whether another page follows.
        let (groups, asOf) = try await self.report(order, after: start, limit: size + 1)

        return .with {
            $0.rows = groups.prefix(Int(size)).map { CreditReportRow($0, order.keys) }
            if groups.count > size, let last = groups.dropLast().last {
                $0.nextPageToken = ReportPosition(keys: last.keys).token(of: order)
            }
            if let asOf { $0.asOf = Google_Protobuf_Timestamp(asOf) }
        }
    }
}

extension CreditReportRow {
    fileprivate init(_ group: ReportGroup, _ keys: [ReportOrder.Key]) {
        self = .with {
            for (key, value) in zip(keys, group.keys) {
                switch key {
                case .day: $0.day = value
                case .user: $0.userID = value
                case .service: $0.service = value
                case .model: $0.model = value
                case .kind: $0.kind = Int(value).flatMap(TransactionKind.init(rawValue:)) ?? .unspecified
                }
            }
            $0.movements = group.movements
            $0.creditsIn = group.creditsIn
            $0.creditsOut = group.creditsOut
        }
    }
}

extension ReportOrder {
    /// Reads groups and filters from a request's fields.
    ///
    /// - Throws: `INVALID_ARGUMENT` naming the field.
    init(_ request: GetCreditReportRequest) throws(Status) {
        guard !request.groupBy.isEmpty else {
            throw .invalid(field: "group_by", "is required: day, user, service, model, kind, or several of them")
        }
        let keys = request.groupBy.compactMap { Key(rawValue: $0.rawValue) }
        guard keys.count == request.groupBy.count else {
            throw .invalid(field: "group_by", "must be day, user, service, model, kind, or several of them")
        }
        self.init(keys: keys)
        self.firstDay = try day(field: "from_day", request.fromDay)
        self.lastDay = try day(field: "to_day", request.toDay)
        if let firstDay, let lastDay, lastDay < firstDay {
            throw .invalid(field: "to_day", "is before from_day")
        }
        if !request.userID.isEmpty { self.user = try UUID(field: "user_id", request.userID) }
        self.service = try filter(field: "service", request.service)
        self.model = try filter(field: "model", request.model)
        switch request.kind {
        case .unspecified: break
        case .UNRECOGNIZED: throw .invalid(field: "kind", "is not a kind of transaction")
        default: self.kind = Int16(request.kind.rawValue)
        }
    }
}

private func day(field: String, _ value: String) throws(Status) -> LedgerDay? {
    guard !value.isEmpty else { return nil }
    guard let day = LedgerDay(value) else { throw .invalid(field: field, "must be a day such as 2026-11-27") }
    return day
}

private func filter(field: String, _ value: String) throws(Status) -> String? {
    let text = try optionalText(field: field, value, atMost: 256)
    return text.isEmpty ? nil : text
}
