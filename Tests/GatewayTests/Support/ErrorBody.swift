import Foundation

/// The JSON of an error, as a client reads it.
struct ErrorBody {
    let code: Int
    /// The reason of the first detail.
    let reason: String?
    /// The field that a BadRequest among the details names.
    let field: String?

    private struct Wire: Decodable {
        struct Violation: Decodable {
            let field: String
        }
        struct Detail: Decodable {
            let reason: String?
            let fieldViolations: [Violation]?
        }
        let code: Int
        let details: [Detail]?
    }

    init(_ json: String) throws {
        let wire = try JSONDecoder().decode(Wire.self, from: Data(json.utf8))
        self.code = wire.code
        self.reason = wire.details?.first?.reason
        self.field = wire.details?.compactMap(\.fieldViolations).joined().first?.field
    }
}
