import Foundation

/// What this process holds of the system.
struct ProcessUse {
    /// Open sockets, pipes and files.
    let descriptors: Int
    /// Resident memory in KiB.
    let memory: Int

    /// Reads both now, from Linux's /proc.
    static func now() throws -> ProcessUse {
        let descriptors = try self.openFiles().count
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        let memory = line?.split(separator: " ").compactMap { Int($0) }.first
        guard let memory else { throw CocoaError(.fileReadCorruptFile) }
        return ProcessUse(descriptors: descriptors, memory: memory)
    }

    /// What the open descriptors are, as Linux's /proc names them, without timers and pollers: the runtime opens its own when
    /// a task first sleeps, which may be between two looks.
    static func openFiles() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { name in
            let file = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")
            return file?.hasPrefix("anon_inode:") == false ? file : nil
        }
    }
}
