import Foundation

/// An error in OpenAI's form, read leniently: compatible providers leave keys out, number their codes or say only a
/// text.
struct OpenAIError: Decodable {
    /// What an error response holds.
    struct Body: Decodable {
        let error: OpenAIError
    }

    let message: String
    let type: String?
    let code: String?

    enum CodingKeys: CodingKey { case message, type, code }

    init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            (self.message, self.type, self.code) = (text, nil, nil)
            return
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.message = (try? container.decode(String.self, forKey: .message)) ?? "no message"
        self.type = try? container.decode(String.self, forKey: .type)
        let number = try? container.decode(Int.self, forKey: .code)
        self.code = (try? container.decode(String.self, forKey: .code)) ?? number.map(String.init)
    }
}

extension OpenAIError: CustomStringConvertible {
    /// One line for the operator, at most 300 characters.
    var description: String {
        let names = [self.type, self.code].compactMap { $0 }.joined(separator: "/")
        return String((names.isEmpty ? self.message : "\(names): \(self.message)").prefix(300))
    }
}
