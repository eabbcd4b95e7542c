/// How a table keeps its numbers.
public enum VectorPrecision: UInt8, Sendable, CaseIterable {
    /// Four bytes a value, as they are.
    case float32
    /// Two bytes a value: IEEE 754 half precision; values beyond ±65504 are clamped.
    case float16
    /// One byte a value, -127 to 127 times the item's scale.
    case int8
    /// Half a byte a value, -7.5 to 7.5 times the item's scale.
    case int4
    /// One and a half bytes a value: a plane of four bits, which a scan reads, and one of eight,
    /// which only the items that come into question need; -2047.5 to 2047.5 times 1/256 of the
    /// item's scale.
    case int12
}

extension VectorPrecision: CustomStringConvertible {
    /// Its name, as in "int8".
    public var description: String {
        switch self {
        case .float32: "float32"
        case .float16: "float16"
        case .int8: "int8"
        case .int4: "int4"
        case .int12: "int12"
        }
    }

    /// The precision of this name; nil where there is none.
    public init?(name: String) {
        guard let named = Self.allCases.first(where: { $0.description == name }) else { return nil }
        self = named
    }
}

extension VectorPrecision: Codable {
    /// Reads the name.
    public init(from decoder: any Decoder) throws {
        let name = try decoder.singleValueContainer().decode(String.self)
        guard let precision = VectorPrecision(name: name) else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "'\(name)' is no precision"))
        }
        self = precision
    }

    /// Writes the name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
