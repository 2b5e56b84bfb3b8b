import RPC
import SwiftProtobuf

/// The canonical JSON of proto3. Answers leave out fields that hold their default and write 64-bit integers as texts.
enum MessageJSON {
    static func encode(_ message: some Message) throws -> [UInt8] {
        do {
            return try message.jsonUTF8Bytes()
        } catch {
            throw Status(.internal, "The answer has no JSON form.")
        }
    }

    /// - Throws: ``ErrorAnswer`` that says what is wrong and, where it is known, in which field.
    static func decode<Body: Message>(_ bytes: [UInt8]) throws -> Body {
        do {
            return try Body(jsonUTF8Bytes: bytes)
        } catch JSONDecodingError.unknownField(let name) {
            throw ErrorAnswer.invalid(name, BindingError.unknownField.description)
        } catch {
            throw self.diagnose(bytes, as: Body.self)
        }
    }

    /// The decoder does not say which field it could not read, so each is tried alone.
    private static func diagnose<Body: Message>(_ bytes: [UInt8], as type: Body.Type) -> ErrorAnswer {
        guard let body = try? Google_Protobuf_Struct(jsonUTF8Bytes: bytes) else { return .malformedJSON }
        for (name, value) in body.fields.sorted(by: { $0.key < $1.key }) {
            let alone = Google_Protobuf_Struct(fields: [name: value])
            guard let json: [UInt8] = try? alone.jsonUTF8Bytes() else { continue }
            if (try? Body(jsonUTF8Bytes: json)) == nil { return .invalid(name, "has a wrong type or value") }
        }
        return .malformedJSON
    }
}
