import Foundation

/// What this process holds of the system.
struct ProcessUse {
    /// Open descriptors.
    let descriptors: Int
    /// Resident memory in KiB.
    let memory: Int

    /// Reads both now, from Linux's /proc.
    static func now() throws -> ProcessUse {
        let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        let memory = line?.split(separator: " ").compactMap { Int($0) }.first
        guard let memory else { throw CocoaError(.fileReadCorruptFile) }
        return ProcessUse(descriptors: descriptors, memory: memory)
    }

    /// What the open descriptors are, as Linux's /proc names them.
    static func openFiles() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { name in
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")
        }
    }
}
