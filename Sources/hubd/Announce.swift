import Foundation

/// Writes a line to standard output at once: whoever started the program waits for it.
///
/// - Throws: Why it cannot be written.
func announce(_ line: String) throws {
    try FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
}
