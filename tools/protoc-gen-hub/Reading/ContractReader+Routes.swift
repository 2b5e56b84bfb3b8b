import SwiftProtobufPluginLibrary

extension ContractReader {
    /// The ways to reach a method over HTTP. One without a rule is found under its own name, unless it takes a stream.
    mutating func bindings(of descriptor: MethodDescriptor) -> [HTTPBinding] {
        guard descriptor.options.hasGoogle_Api_http else {
            if descriptor.clientStreaming { return [] }
            let path = "/\(descriptor.service.fullName)/\(descriptor.name)"
            return self.binding(.post, path, body: .whole, of: descriptor)
        }
        let rule = descriptor.options.Google_Api_http
        return ([rule] + rule.additionalBindings).flatMap { self.binding($0, of: descriptor) }
    }

    private mutating func binding(_ rule: Google_Api_HttpRule, of descriptor: MethodDescriptor) -> [HTTPBinding] {
        if !rule.responseBody.isEmpty {
            self.report("response_body is not supported: an answer is always the whole message", descriptor)
        }
        let body = HTTPBinding.Body(rule.body)
        switch rule.pattern {
        case .get(let path): return self.binding(.get, path, body: body, of: descriptor)
        case .put(let path): return self.binding(.put, path, body: body, of: descriptor)
        case .post(let path): return self.binding(.post, path, body: body, of: descriptor)
        case .delete(let path): return self.binding(.delete, path, body: body, of: descriptor)
        case .patch(let path): return self.binding(.patch, path, body: body, of: descriptor)
        case .custom(let custom): self.report("HTTP method '\(custom.kind)' is not supported", descriptor)
        case nil: self.report("the HTTP rule has no path", descriptor)
        }
        return []
    }

    private mutating func binding(
        _ verb: HTTPBinding.Verb,
        _ path: String,
        body: HTTPBinding.Body,
        of descriptor: MethodDescriptor
    ) -> [HTTPBinding] {
        do throws(PathTemplate.Malformed) {
            return [HTTPBinding(verb: verb, path: try PathTemplate(parsing: path), body: body)]
        } catch {
            self.report("the path '\(path)' is malformed: \(error.reason)", descriptor)
            return []
        }
    }

    private mutating func report(_ message: String, _ descriptor: MethodDescriptor) {
        self.problems.append(Problem(descriptor.position(of: .http), "\(descriptor.name): \(message)"))
    }
}

extension HTTPBinding.Body {
    fileprivate init(_ text: String) {
        switch text {
        case "": self = .none
        case "*": self = .whole
        default: self = .field(text)
        }
    }
}
