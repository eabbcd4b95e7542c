/// A question whose answer is known, in the schema "dp-accounting-vectors/1": a mechanism with its
/// parameters, a delta, and what exact analysis and public libraries say of epsilon.
public struct ReferenceCase: Decodable, Sendable {
    /// The name of the case.
    public let id: String
    /// Whether an epsilon is asked for or a noise multiplier ("sigma").
    public let kind: Kind
    /// The mechanism, by its name in the schema.
    public let mechanism: String
    let parameters: ReferenceParameters
    let neighbouring: String
    /// The delta of the question.
    public let delta: Double
    /// The value that a tight accountant should reach.
    public let expected: Printed
    let exact: Printed?
    let contour: Contour?
    let bracket: Bracket?
    let others: [Printed]?

    /// What is asked for.
    public enum Kind: String, Decodable, Sendable {
        case epsilon
        case sigma
    }

    /// A figure, and whose it is.
    public struct Printed: Decodable, Sendable {
        /// The figure: an epsilon, or a noise multiplier.
        public let epsilon: Double?
        /// The kind of accountant.
        public let accountant: String?
        /// The library that printed it.
        public let library: String?
        let flag: String?
    }

    struct Contour: Decodable, Sendable {
        let epsilon: Double?
        let consistent: Bool?
    }

    struct Bracket: Decodable, Sendable {
        let lower: Double?
        let upper: Double?
        let reliable: Bool?
    }

    /// The file's layout; other keys are ignored.
    struct File: Decodable {
        let schema: String
        let cases: [ReferenceCase]
    }
}

/// The parameters of a case: numbers, lists of numbers, and rounds of numbers.
struct ReferenceParameters: Decodable, Sendable {
    private let values: [String: Value]

    enum Value: Decodable, Sendable {
        case number(Double)
        case numbers([Double])
        case rounds([[String: Double]])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Double.self) {
                self = .number(number)
            } else if let numbers = try? container.decode([Double].self) {
                self = .numbers(numbers)
            } else {
                self = .rounds(try container.decode([[String: Double]].self))
            }
        }
    }

    init(from decoder: any Decoder) throws {
        values = try decoder.singleValueContainer().decode([String: Value].self)
    }

    func contains(_ name: String) -> Bool { values[name] != nil }

    func number(_ name: String) throws -> Double {
        switch values[name] {
        case .number(let value): return value
        default: throw ReferenceError.parameter(name)
        }
    }

    func number(_ name: String, or missing: Double) throws -> Double {
        values[name] == nil ? missing : try number(name)
    }

    /// A number that has to be whole.
    func count(_ name: String) throws -> Int {
        guard let value = Int(exactly: try number(name)) else {
            throw ReferenceError.parameter(name)
        }
        return value
    }

    func counts(_ name: String) throws -> [Int] {
        switch values[name] {
        case .number: return [try count(name)]
        case .numbers(let values):
            return try values.map {
                guard let value = Int(exactly: $0) else { throw ReferenceError.parameter(name) }
                return value
            }
        default: throw ReferenceError.parameter(name)
        }
    }

    func rounds(_ name: String) throws -> [[String: Double]] {
        guard case .rounds(let rounds) = values[name] else {
            throw ReferenceError.parameter(name)
        }
        return rounds
    }
}

/// Why a file of cases, or a case, cannot be evaluated.
public enum ReferenceError: Error, Equatable, CustomStringConvertible {
    /// The file is not of the schema.
    case malformed(file: String, problem: String)
    /// A case lacks a parameter or has one of another type.
    case parameter(String)
    /// A case is of an unknown mechanism.
    case mechanism(String)
    /// A case states a relation that is not known.
    case relation(String)

    /// The cause and the remedy.
    public var description: String {
        switch self {
        case .malformed(let file, let problem):
            "\(file) is not a file of reference cases (schema dp-accounting-vectors/1): \(problem)"
        case .parameter(let name):
            "the parameter \(name) is missing, or not of the type that the mechanism takes"
        case .mechanism(let name): "the mechanism \(name) is not known"
        case .relation(let name):
            "the neighbouring relation \(name) is not known; use add_or_remove_one, replace_one, "
                + "replace_special or zero_out"
        }
    }
}
