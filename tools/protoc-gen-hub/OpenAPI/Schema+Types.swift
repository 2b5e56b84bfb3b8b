extension Schema {
    /// The schema of a field's values, without its text.
    func type(of field: Field) -> JSON {
        let value = self.type(of: field.kind).adding(field.marker.schema)
        return field.isRepeated ? ["type": "array", "items": value] : value
    }

    private func type(of kind: Field.Kind) -> JSON {
        switch kind {
        case .double: ["type": "number", "format": "double"]
        case .float: ["type": "number", "format": "float"]
        case .int32: ["type": "integer", "format": "int32"]
        case .uint32: ["type": "integer", "minimum": 0, "maximum": 4_294_967_295]
        case .int64: ["type": "string", "format": "int64", "pattern": "^-?[0-9]+$"]
        case .uint64: ["type": "string", "format": "uint64", "pattern": "^[0-9]+$"]
        case .bool: ["type": "boolean"]
        case .string: ["type": "string"]
        case .bytes: ["type": "string", "contentEncoding": "base64"]
        case .enumeration(let name): self.reference(toEnum: name)
        case .message(let name): self.contract.messages[name].map(self.reference) ?? ["type": "object"]
        case .map(_, let value): ["type": "object", "additionalProperties": self.type(of: value)]
        }
    }

    private func reference(toEnum name: String) -> JSON {
        guard let type = self.contract.enums[name] else { return ["type": "string"] }
        return ["$ref": "#/components/schemas/\(self.name(of: type))"]
    }

    /// Messages with a JSON form of their own, by full proto name.
    static let wellKnown: [String: JSON] = [
        "google.protobuf.Timestamp": ["type": "string", "format": "date-time"],
        "google.protobuf.Duration": ["type": "string", "pattern": #"^-?[0-9]+(\.[0-9]{1,9})?s$"#],
        "google.protobuf.FieldMask": ["type": "string"],
        "google.protobuf.Empty": ["type": "object"],
        "google.protobuf.Struct": ["type": "object", "additionalProperties": true],
        "google.protobuf.Value": [:],
        "google.protobuf.ListValue": ["type": "array"],
        "google.protobuf.Any": [
            "type": "object",
            "properties": ["@type": ["type": "string"]],
            "required": ["@type"],
            "additionalProperties": true,
        ],
        "google.protobuf.BoolValue": ["type": "boolean"],
        "google.protobuf.StringValue": ["type": "string"],
        "google.protobuf.BytesValue": ["type": "string", "contentEncoding": "base64"],
        "google.protobuf.DoubleValue": ["type": "number", "format": "double"],
        "google.protobuf.FloatValue": ["type": "number", "format": "float"],
        "google.protobuf.Int32Value": ["type": "integer", "format": "int32"],
        "google.protobuf.UInt32Value": ["type": "integer", "minimum": 0, "maximum": 4_294_967_295],
        "google.protobuf.Int64Value": ["type": "string", "format": "int64", "pattern": "^-?[0-9]+$"],
        "google.protobuf.UInt64Value": ["type": "string", "format": "uint64", "pattern": "^[0-9]+$"],
    ]
}

extension FieldMarker {
    /// What a marker adds to the schema of a value.
    fileprivate var schema: JSON {
        if self.credits { return ["pattern": #"^-?[0-9]+(\.[0-9]{1,6})?$"#] }
        return self.secret ? ["format": "password"] : [:]
    }
}
