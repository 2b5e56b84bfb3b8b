import Foundation
import Testing

/// Holds the documents against the schema of OpenAPI 3.1, by PyPI's `openapi-spec-validator`.
@Suite(.enabled(if: isInstalled, "openapi-spec-validator is not installed"))
struct OpenAPIValidityTests {
    @Test(
        arguments: [
            "Gateway/OpenAPI/openapi.json",
            "Tests/GeneratorTests/Golden/shop/Gateway/OpenAPI/openapi.json",
        ]
    )
    func `a document is valid`(path: String) throws {
        let outcome = try validator.run(["-m", "openapi_spec_validator", Checkout.root.appending(path: path).path()])

        #expect(outcome.status == 0, "\(outcome.output)")
    }
}

private let validator = Program(name: "python3")

private let isInstalled = (try? validator.run(["-c", "import openapi_spec_validator"]))?.status == 0
