import Foundation

@testable import protoc_gen_hub

/// The expected output for `Golden/shop.proto`, kept in `Golden/shop` under the names that the files have in the checkout.
///
/// With the environment variable `UPDATE_GOLDEN` set, the tests write it anew and pass; read the diff before it is kept.
enum GoldenFiles {
    private static let folder = Checkout.root.appending(path: "Tests/GeneratorTests/Golden")

    static var source: ProtoSource {
        get throws {
            ProtoSource(text: try String(contentsOf: self.folder.appending(path: "shop.proto"), encoding: .utf8))
        }
    }

    static func expected(for path: String, actual: String) throws -> String {
        let file = self.folder.appending(path: "shop").appending(path: path)
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
            let folder = file.deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try actual.write(to: file, atomically: true, encoding: .utf8)
        }
        return try String(contentsOf: file, encoding: .utf8)
    }
}
