import Foundation
import Postgres

/// What one group of a report has moved.
struct ReportGroup: Sendable, Equatable {
    /// A text for each key of the report.
    let keys: [String]
    let movements: Int64
    /// Decimal; may be larger than any account.
    let creditsIn: String
    let creditsOut: String
}

extension CreditsService {
    /// Reads groups of a report in its order.
    ///
    /// - Parameters:
    ///   - order: What is asked for.
    ///   - position: The group after which to start; `nil` for the first.
    ///   - limit: Most groups to read.
    /// - Returns: The groups, and up to when the read models were complete in the same snapshot.
    /// - Throws: What the database throws.
    func report(
        _ order: ReportOrder,
        after position: ReportPosition?,
        limit: Int64
    ) async throws -> (groups: [ReportGroup], asOf: LedgerTime?) {
        var parameters: [Parameter] = [.int(limit)]
        let statement = Statement(order.sql(after: position, &parameters))
        let rows = try await self.database.rows(statement, parameters) { row in
            (
                asOf: try row.optionalInt(0).map { LedgerTime(microseconds: $0) },
                // Without any group there is one row still, with the time.
                group: try row.isNull(1) ? nil : try ReportGroup(row, keys: order.keys.count)
            )
        }
        return (rows.compactMap(\.group), rows.first?.asOf)
    }
}

extension ReportGroup {
    init(_ row: borrowing Row, keys count: Int) throws {
        self.movements = try row.int(1)
        self.creditsIn = try row.text(2)
        self.creditsOut = try row.text(3)
        self.keys = try (4..<4 + count).map { try row.text($0) }
    }
}

extension ReportOrder {
    /// Whether users follow each other in the order, and their days must be read one by one.
    private var readsDaysByUser: Bool {
        self.source == .daily && !self.keys.contains(.day) && self.user == nil
    }

    /// Most groups that are read in less than a tenth of a second, among ten million movements.
    var largestPage: Int64 { self.readsDaysByUser ? 200 : 500 }

    /// The statement, put together of our own words only; every value is a parameter. Only the filters that are set are in
    /// it, so that each form of a report has a plan that fits it.
    fileprivate func sql(after position: ReportPosition?, _ parameters: inout [Parameter]) -> String {
        var conditions: [String] = []
        func require(_ condition: String, _ value: Parameter?) {
            guard let value else { return }
            parameters.append(value)
            conditions.append("\(condition) $\(parameters.count)")
        }
        require("day >=", self.firstDay.map { .text($0.description) })
        require("day <=", self.lastDay.map { .text($0.description) })
        require("account =", self.user.map { .uuid($0) })
        let others = conditions.count
        require("service =", self.service.map { .text($0) })
        require("model =", self.model.map { .text($0) })
        require("kind =", self.kind.map { .int(Int64($0)) })
        if self.readsDaysByUser, conditions.count > others {
            // Else all days of all users are read in search of a few.
            let filters = conditions[others...].joined(separator: " AND ")
            conditions.append("account IN (SELECT account FROM report_account WHERE \(filters))")
        }
        let columns = self.keys.map(\.column).joined(separator: ", ")
        if let position {
            let places = position.keys.indices.map { "$\(parameters.count + 1 + $0)" }.joined(separator: ", ")
            parameters += zip(self.keys, position.keys).map { key, value in key.parameter(value) }
            conditions.append("(\(columns)) > (\(places))")
        }
        return """
            SELECT ledger_micros(p.as_of), r.movements, r.credits_in, r.credits_out, \
            \(self.keys.map(\.text).joined(separator: ", "))
            FROM report_progress p LEFT JOIN (
                SELECT \(columns), sum(movements)::bigint AS movements,
                    trim_scale(sum(amount_in) * 0.000001)::text AS credits_in,
                    trim_scale(sum(amount_out) * 0.000001)::text AS credits_out
                FROM \(self.source.table)\(conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND "))
                GROUP BY \(columns) ORDER BY \(columns) LIMIT $1::bigint
            ) r ON true
            ORDER BY \(columns)
            """
    }
}

extension ReportOrder.Source {
    fileprivate var table: String {
        switch self {
        case .daily: "report_day"
        case .totals: "report_total"
        case .accounts: "report_account"
        }
    }
}

extension ReportOrder.Key {
    fileprivate var column: String {
        switch self {
        case .day: "day"
        case .user: "account"
        case .service: "service"
        case .model: "model"
        case .kind: "kind"
        }
    }

    fileprivate var text: String {
        switch self {
        case .day: "to_char(r.day, 'YYYY-MM-DD')"
        case .user: "r.account::text"
        case .service: "r.service"
        case .model: "r.model"
        case .kind: "r.kind::text"
        }
    }

    fileprivate func parameter(_ value: String) -> Parameter {
        switch self {
        case .user: UUID(uuidString: value).map { .uuid($0) } ?? .null
        case .kind: Int64(value).map { .int($0) } ?? .null
        case .day, .service, .model: .text(value)
        }
    }
}
