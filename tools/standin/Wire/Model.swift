/// A model that can be called.
struct Model: Encodable, Sendable {
    let id: String
    let object = "model"
    let created = 1_767_225_600
    let ownedBy = "standin"

    enum CodingKeys: String, CodingKey {
        case id, object, created
        case ownedBy = "owned_by"
    }

    /// Most tokens an answer may be allowed.
    static let maxTokens = 131_072

    static let all = [Model(id: "standin-small"), Model(id: "standin-large")]
}

/// What `GET /v1/models` answers.
struct ModelList: Encodable, Sendable {
    let object = "list"
    let data = Model.all
}
