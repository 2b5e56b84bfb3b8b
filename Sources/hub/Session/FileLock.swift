import Glibc

/// Runs `body` while this process alone holds the lock of the file at `path`, which is made if it is missing. A process
/// that dies gives its lock back.
///
/// It waits for another holder for `patience`, then throws a `Failure`.
func withFileLock<Value>(
    _ path: String,
    patience: Duration = .seconds(30),
    _ body: () async throws -> Value
) async throws -> Value {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Failure(.failure, "Cannot open \(path): \(String(cString: strerror(errno))).") }
    defer { close(descriptor) }  // gives the lock back
    let end = ContinuousClock.now + patience
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
        guard ContinuousClock.now < end else {
            throw Failure(.failure, "Another process holds \(path) for too long.")
        }
        try await Task.sleep(for: .milliseconds(20))
    }
    return try await body()
}
