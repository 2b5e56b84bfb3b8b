/// An error that knows which status a caller may see of it. Any other error of a handler is `UNKNOWN` to the caller and
/// written to the log.
package protocol StatusConvertible: Error {
    /// What the caller is told; nothing internal.
    var status: Status { get }
}
