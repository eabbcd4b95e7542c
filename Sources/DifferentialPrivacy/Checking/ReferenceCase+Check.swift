public import Foundation

extension ReferenceCase {
    /// The cases of a file.
    ///
    /// - Throws: ``ReferenceError/malformed(file:problem:)``, with the place in the file.
    public static func cases(in data: Data, named file: String) throws -> [ReferenceCase] {
        do {
            let decoded = try JSONDecoder().decode(File.self, from: data)
            guard decoded.schema.hasPrefix("dp-accounting-vectors/1") else {
                throw ReferenceError.malformed(
                    file: file, problem: "its schema is \(decoded.schema)")
            }
            return decoded.cases
        } catch let error as DecodingError {
            throw ReferenceError.malformed(file: file, problem: error.place)
        }
    }

    /// What the accountant makes of a case.
    public struct Outcome: Sendable, Encodable {
        /// The case.
        public let id: String
        /// The value that should be reached.
        public let expected: Double?
        /// The bounds found; of epsilon or of a noise multiplier.
        public let lower: Double
        /// The upper of them.
        public let upper: Double
        /// What computed them.
        public let accountant: String
        /// Whether nothing contradicts the bounds.
        public let passed: Bool
        /// What was checked, or what is wrong.
        public let note: String
    }

    /// Evaluates the case and compares: a value that is known exactly has to lie within the bounds,
    /// a bracket has to overlap them, and no bound that a library prints may be better, unless it
    /// is below what is certain.
    public func check() throws -> Outcome {
        let bounds = try bounds()
        func outcome(_ passed: Bool, _ note: String) -> Outcome {
            Outcome(
                id: id, expected: expected.epsilon, lower: bounds.lower, upper: bounds.upper,
                accountant: bounds.accountant, passed: passed, note: note)
        }
        // References carry some 12 digits; bounds may be closer than that.
        let slack = 1e-9
        var notes: [String] = []
        if let value = known {
            guard bounds.lower <= value * (1 + slack), value * (1 - slack) <= bounds.upper else {
                return outcome(false, "the exact value \(value) is outside")
            }
            notes.append("holds the exact value")
        } else if let bracket, let low = bracket.lower, let high = bracket.upper {
            guard bounds.lower <= high * (1 + slack), low * (1 - slack) <= bounds.upper else {
                return outcome(false, "outside of the bracket [\(low), \(high)]")
            }
            notes.append("overlaps the bracket")
        }
        for other in others ?? [] {
            guard let value = other.epsilon, other.library == "dp-accounting", other.flag == nil,
                bounds.upper > value * (1 + slack)
            else { continue }
            let name = "dp-accounting's \(other.accountant ?? "figure"), \(value),"
            guard bounds.lower > value else { return outcome(false, "\(name) is better") }
            notes.append("\(name) is below what is certain")
        }
        if notes.isEmpty { notes.append("no worse than dp-accounting") }
        return outcome(true, notes.joined(separator: "; "))
    }

    private var known: Double? {
        if let value = exact?.epsilon { return value }
        return contour?.consistent == true ? contour?.epsilon : nil
    }

    private func bounds() throws -> (lower: Double, upper: Double, accountant: String) {
        let relation = try relation()
        switch kind {
        case .epsilon:
            var accountant = PrivacyAccountant(neighbouring: relation)
            try accountant.compose(event())
            let epsilon = try accountant.epsilon(delta: delta)
            return (epsilon.lower, epsilon.upper, epsilon.accountant.rawValue)
        case .sigma:
            let budget = try PrivacyBudget(
                epsilon: parameters.number("target_epsilon"), delta: delta)
            _ = try event(noiseMultiplier: 1)
            let found = try budget.smallestNoise(neighbouring: relation) { noise in
                (try? event(noiseMultiplier: noise)) ?? .gaussian(noiseMultiplier: 0)
            }
            return (found.exceeding, found.value, found.epsilon.accountant.rawValue)
        }
    }
}
