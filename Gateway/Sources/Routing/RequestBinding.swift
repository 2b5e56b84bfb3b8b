import SwiftProtobuf

/// What the body of a request holds, as `body` of its HTTP rule says.
enum BodyRule: Sendable {
    /// There is no body; fields that are not in the path are in the query.
    case none
    /// All fields that are not in the path; there is no query.
    case whole
}

/// Makes the message of a method from an HTTP request.
struct RequestBinding<Request: Message & Sendable>: Sendable {
    /// Gives the field of that name the value in `text`; false when there is no such field.
    typealias Setter = @Sendable (inout Request, _ name: String, _ text: String) throws -> Bool

    let body: BodyRule
    let set: Setter

    /// - Throws: ``ErrorAnswer`` that names the field at fault.
    func request(from call: HTTPCall) async throws -> Request {
        var request = try await self.body == .whole ? call.bodyMessage(Request.self) : Request()
        for field in call.pathFields { try self.bind(field, to: &request) }
        for field in try call.queryFields() {
            try self.bind(field, to: &request, isKnown: self.body == .none)
        }
        return request
    }

    private func bind(_ field: NamedText, to request: inout Request, isKnown: Bool = true) throws {
        do {
            guard try isKnown && self.set(&request, field.name, field.text) else { throw BindingError.unknownField }
        } catch let error as BindingError {
            throw ErrorAnswer.invalid(field.name, error.description)
        }
    }
}
