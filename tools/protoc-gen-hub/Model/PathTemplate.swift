/// A path of an HTTP rule, such as `/api/credits/holds/{hold_id}/settle`.
///
/// `"/" Segment {"/" Segment} [":" verb]`, where a segment is a literal, `*` (one), `**` (any number, only at the end) or
/// `{field.path[=segments]}`; `{v}` is `{v=*}`; variables do not nest.
struct PathTemplate: Equatable {
    enum Segment: Hashable {
        case literal(String)
        case one
        case rest
    }

    struct Variable: Equatable {
        /// Such as `hold`, `id` for `{hold.id}`.
        let fieldPath: [String]
        /// Those of `segments` that it takes.
        let segments: Range<Int>

        var name: String { self.fieldPath.joined(separator: ".") }
    }

    /// As written.
    let text: String
    /// Those inside of variables included.
    let segments: [Segment]
    /// From left to right.
    let variables: [Variable]
    /// What follows the last colon.
    let verb: String?
}
