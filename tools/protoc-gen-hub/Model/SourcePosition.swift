/// Where something is declared in a proto file.
struct SourcePosition: Hashable, Comparable, CustomStringConvertible {
    /// As protoc names it: relative to the folder of proto files.
    let file: String
    /// Counted from 1; 0 in files that protoc gave without positions.
    let line: Int
    /// Counted from 1.
    let column: Int

    var description: String { "\(self.file):\(self.line):\(self.column)" }

    static func < (left: Self, right: Self) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}
