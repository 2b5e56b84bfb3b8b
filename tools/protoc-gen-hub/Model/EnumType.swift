/// An enum of the contract or of what it imports.
struct EnumType {
    struct Value {
        /// Such as `HOLD_STATE_OPEN`.
        let name: String
        /// As protoc-gen-swift names it, such as `open`.
        let swiftName: String
        let number: Int32
        let doc: DocComment
        let position: SourcePosition

        /// The value of a field that was not set.
        var isUnspecified: Bool { self.number == 0 && self.name.hasSuffix("_UNSPECIFIED") }
    }

    /// Without the package, such as `HoldState`.
    let name: String
    /// Such as `hub.credits.v1.HoldState`.
    let fullName: String
    /// As protoc-gen-swift names it.
    let swiftName: String
    let doc: DocComment
    let position: SourcePosition
    /// In the order of declaration.
    let values: [Value]
}
