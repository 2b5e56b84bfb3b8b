extension Operation {
    /// What a call that succeeds is answered with.
    var answer: JSON {
        let response = self.method.response
        let message = Schema(contract: self.contract).reference(to: response)
        guard self.method.streamsResponses else {
            return [
                "description": .string(response.doc.summary.shortened(to: OpenAPIDocument.operationTextLimit)),
                "content": ["application/json": ["schema": message]],
            ]
        }
        guard response.csv == nil else {
            return [
                "description": "Lines of comma-separated values (RFC 4180).",
                "content": ["text/csv": ["schema": ["type": "string"]]],
            ]
        }
        return [
            "description": """
            A stream of \(response.name), chosen by Accept. As events, data is one message and the last event is end or \
            error. As lines, each is one message and the last one is {"@end": status}.
            """,
            "content": [
                "text/event-stream": ["schema": message],
                "application/x-ndjson": ["schema": message],
            ],
        ]
    }
}

extension OpenAPIDocument {
    /// What a call that fails is answered with.
    static let errorAnswer = Self.errorAnswer("The call failed. The first detail has the reason.")

    static func errorAnswer(_ text: String) -> JSON {
        [
            "description": .string(text.shortened(to: Self.operationTextLimit)),
            "content": ["application/json": ["schema": ["$ref": "#/components/schemas/google.rpc.Status"]]],
        ]
    }

    /// The proto3 JSON form of google.rpc.Status.
    static let statusSchema: JSON = [
        "type": "object",
        "description": "How a call ended.",
        "properties": [
            "code": ["type": "integer", "format": "int32", "description": "A value of google.rpc.Code."],
            "message": ["type": "string", "description": "What went wrong, in English, for a developer."],
            "details": [
                "type": "array",
                "description": """
                Says more. The first one is a google.rpc.ErrorInfo, whose reason is stable and meant for programs.
                """,
                "items": [
                    "type": "object",
                    "properties": [
                        "@type": [
                            "type": "string",
                            "description": "Such as type.googleapis.com/google.rpc.ErrorInfo.",
                        ],
                        "reason": ["type": "string", "description": "Such as INSUFFICIENT_CREDITS."],
                    ],
                    "required": ["@type"],
                    "additionalProperties": true,
                ],
            ],
        ],
    ]
}
