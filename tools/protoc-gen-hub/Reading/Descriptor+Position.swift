import Foundation
import SwiftProtobuf
import SwiftProtobufPluginLibrary

extension ProvidesSourceCodeLocation where Self: ProvidesLocationPath {
    /// The comment in front of the declaration, or behind it on the same line.
    var doc: DocComment {
        guard let location = self.sourceCodeInfoLocation else { return DocComment("") }
        return DocComment(location.hasLeadingComments ? location.leadingComments : location.trailingComments)
    }

    /// Where the declaration starts.
    func position() -> SourcePosition {
        var path = IndexPath()
        self.getLocationPath(path: &path)
        return self.file.position(path) ?? SourcePosition(file: self.file.name, line: 0, column: 0)
    }
}

extension MethodDescriptor {
    /// An option of a method, by its field number.
    enum Option: Int {
        case policy = 51001
        case http = 72_295_728
    }

    /// Where an option starts; the method, if it has no such option.
    func position(of option: Option) -> SourcePosition {
        var path = IndexPath()
        self.getLocationPath(path: &path)
        let options = 4  // the field `options` of google.protobuf.MethodDescriptorProto
        return self.file.position(path.appending(options).appending(option.rawValue)) ?? self.position()
    }
}

extension FileDescriptor {
    fileprivate func position(_ path: IndexPath) -> SourcePosition? {
        guard let span = self.sourceCodeInfoLocation(path: path)?.span, span.count >= 3 else { return nil }
        return SourcePosition(file: self.name, line: Int(span[0]) + 1, column: Int(span[1]) + 1)
    }
}
