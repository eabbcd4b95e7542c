/// A lower bound on the epsilon of a mechanism that an audit has found.
public struct AuditBound: Sendable, Hashable {
    /// How the bound was derived.
    public let method: Method
    /// The bound, at least 0; infinite where no noise was found. Written as the string `"infinity"`
    /// to JSON, which has no such number.
    public let epsilon: Double
    /// The delta beside it.
    public let delta: Double
    /// The probability with which the bound holds, by itself: not the largest of several bounds.
    public let confidence: Double
    /// What has to be true for the bound to hold; nil if it always holds.
    public let assumption: String?
    /// Why there is no bound (``epsilon`` is 0) although there are scores; nil if there is one.
    public let objection: String?

    init(_ method: Method, epsilon: Double, at level: AuditLevel, objection: String? = nil) {
        self.method = method
        self.epsilon = epsilon
        self.delta = level.delta
        self.confidence = level.confidence
        self.assumption = method.assumption
        self.objection = objection
    }
}

extension AuditBound: Codable {
    private enum CodingKeys: String, CodingKey {
        case method, epsilon, delta, confidence, assumption, objection
    }

    /// Reads a bound, also an infinite one.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        method = try container.decode(Method.self, forKey: .method)
        if let word = try? container.decode(String.self, forKey: .epsilon) {
            guard word == "infinity" else {
                throw DecodingError.dataCorruptedError(
                    forKey: .epsilon, in: container,
                    debugDescription: "epsilon is neither a number nor \"infinity\"")
            }
            epsilon = .infinity
        } else {
            epsilon = try container.decode(Double.self, forKey: .epsilon)
        }
        delta = try container.decode(Double.self, forKey: .delta)
        confidence = try container.decode(Double.self, forKey: .confidence)
        assumption = try container.decodeIfPresent(String.self, forKey: .assumption)
        objection = try container.decodeIfPresent(String.self, forKey: .objection)
    }

    /// Writes a bound, also an infinite one.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(method, forKey: .method)
        if epsilon.isFinite {
            try container.encode(epsilon, forKey: .epsilon)
        } else {
            try container.encode("infinity", forKey: .epsilon)
        }
        try container.encode(delta, forKey: .delta)
        try container.encode(confidence, forKey: .confidence)
        try container.encodeIfPresent(assumption, forKey: .assumption)
        try container.encodeIfPresent(objection, forKey: .objection)
    }
}
