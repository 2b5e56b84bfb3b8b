import Foundation
import HTTPTypes
import Hummingbird

extension Response {
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        let body = ResponseBody(byteBuffer: ByteBuffer(bytes: try JSON.encode(value)))
        return Response(status: status, headers: [.contentType: "application/json"], body: body)
    }

    static func refusal(_ error: APIError) throws -> Response {
        var response = try Response.json(error, status: .init(code: error.status))
        if error.plain {
            response.headers[.contentType] = "text/html"
            let page = "<html><h1>\(error.status)</h1>\(String(repeating: " ", count: 100_000))</html>"
            response.body = ResponseBody(byteBuffer: ByteBuffer(string: page))
        }
        response.headers[.retryAfter] = error.retryAfter
        return response
    }
}

extension HTTPField.Name {
    static let requestID = name("x-request-id")
    static let processingTime = name("openai-processing-ms")
    static let version = name("openai-version")
    static let organization = name("openai-organization")

    static func rateLimit(_ figure: String, of kind: String) -> HTTPField.Name {
        self.name("x-ratelimit-\(figure)-\(kind)")
    }

    private static func name(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is a valid name") }
        return name
    }
}
