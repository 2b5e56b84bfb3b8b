/// All problems of a contract, in the order of the files.
struct BrokenContract: Error, CustomStringConvertible {
    let problems: [Problem]

    init(_ problems: [Problem]) {
        self.problems = problems.sorted { ($0.position, $0.message) < ($1.position, $1.message) }
    }

    /// One problem per line, as `path.proto:LINE:COLUMN: message`, below a line that protoc puts its prefix on.
    var description: String {
        let count = self.problems.count == 1 ? "1 problem" : "\(self.problems.count) problems"
        return (["the contract has \(count)"] + self.problems.map(\.description)).joined(separator: "\n")
    }
}
