public import DifferentialPrivacy

/// What a set of releases guarantees against one adversary, with the whole curve.
public struct Guarantee: Sendable, Codable {
    /// Epsilon at one delta, from both sides.
    public struct Point: Sendable, Codable {
        /// The probability with which the bound may fail.
        public var delta: Double
        /// No mechanism of the kind does better.
        public var lower: Double
        /// What is guaranteed; absent where nothing is.
        public var upper: Double?
        /// What computed the bounds.
        public var accountant: EpsilonBounds.Accountant
    }

    /// A point of the curve: delta, as a bound, for an epsilon.
    public struct CurvePoint: Sendable, Codable {
        /// The epsilon.
        public var epsilon: Double
        /// The bound on delta.
        public var delta: Double
    }

    /// At the delta that was promised.
    public var promised: Point
    /// At several deltas.
    public var points: [Point]
    /// delta for epsilons from 0 to half as much again as promised.
    public var curve: [CurvePoint]
    /// The largest share of right guesses whether a user's data was used.
    public var bestGuess: Double

    /// The guarantee of `event`.
    public init(
        of event: PrivacyEvent, under relation: NeighbouringRelation, delta: Double
    ) throws {
        var accountant = PrivacyAccountant(neighbouring: relation)
        try accountant.compose(event)
        func point(_ delta: Double) throws -> Point {
            let bounds = try accountant.epsilon(delta: delta)
            return Point(
                delta: delta, lower: bounds.lower,
                upper: bounds.upper.isFinite ? bounds.upper : nil, accountant: bounds.accountant)
        }
        promised = try point(delta)
        points = try (3...10).map { try point(Self.power($0)) }
        let reach = 1.5 * max(promised.upper ?? 1, 1e-3)
        curve = try (0...30).map {
            let epsilon = reach * Double($0) / 30
            return CurvePoint(epsilon: epsilon, delta: try accountant.delta(epsilon: epsilon).upper)
        }
        bestGuess = try accountant.bestGuess()
    }

    /// 10 to a negative power, rounded correctly.
    private static func power(_ exponent: Int) -> Double { Double("1e-\(exponent)") ?? 0 }
}
