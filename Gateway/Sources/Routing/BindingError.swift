/// Why a text of a path or a query is not the value of a field. Does not name the field: the route that binds it does.
enum BindingError: Error, Equatable {
    /// The text is not what the field holds, which is described.
    case malformed(String)
    /// The field already has another value.
    case contradiction
    /// There is no such field.
    case unknownField

    /// For the person who sent it.
    var description: String {
        switch self {
        case .malformed(let expectation): "must be \(expectation)"
        case .contradiction: "is given twice with different values"
        case .unknownField: "is not a field of this request"
        }
    }
}
