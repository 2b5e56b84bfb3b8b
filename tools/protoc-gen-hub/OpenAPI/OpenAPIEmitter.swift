/// Writes the OpenAPI document of the HTTP face.
struct OpenAPIEmitter: Emitter {
    func files(for contract: Contract) -> [GeneratedFile] {
        let document = OpenAPIDocument(contract: contract).json
        return [GeneratedFile(path: "Gateway/OpenAPI/openapi.json", text: document.text + "\n")]
    }
}
