internal import Foundation

/// The answer to "how much": the value that keeps within a budget for certain, and the one beyond
/// which (or before which) it is exceeded for certain.
public struct Calibrated: Sendable, Hashable, Codable {
    /// Keeps within the budget.
    public let value: Double
    /// Exceeds the budget, or is the end of the range; apart from ``value`` by a relative 1e-6 or
    /// by what bounds on epsilon leave open.
    public let exceeding: Double
    /// What ``value`` costs.
    public let epsilon: EpsilonBounds
}

extension PrivacyBudget {
    /// The smallest noise multiplier of up to 2^30 with which the events keep within the budget.
    ///
    /// - Parameters:
    ///   - neighbouring: The relation under which the events protect.
    ///   - events: The events at a noise multiplier; more noise must not cost more. A schedule is a
    ///     composition in which the multiplier scales each round's noise.
    public func smallestNoise(
        neighbouring: NeighbouringRelation, event: (_ noiseMultiplier: Double) -> PrivacyEvent
    ) throws(DifferentialPrivacyError) -> Calibrated {
        let found = try extreme(
            neighbouring, from: 1, limits: 0x1p-30...0x1p30, costFalls: true, event)
        guard let found else {
            throw .budgetUnreachable(self, largestNoiseMultiplier: 0x1p30)
        }
        return found
    }

    /// The largest sampling rate with which the events keep within the budget; nil if none does.
    public func largestRate(
        neighbouring: NeighbouringRelation, event: (_ rate: Double) -> PrivacyEvent
    ) throws(DifferentialPrivacyError) -> Calibrated? {
        try extreme(neighbouring, from: 0.01, limits: 0x1p-40...1, costFalls: false, event)
    }

    /// The most rounds that keep within the budget, at most 2^40; 0 if not even one does.
    public func mostRounds(
        neighbouring: NeighbouringRelation, event: PrivacyEvent
    ) throws(DifferentialPrivacyError) -> Int {
        func fits(_ rounds: Int) throws(DifferentialPrivacyError) -> Bool {
            try cost(neighbouring, .repeated(event, count: rounds)).upper <= epsilon
        }
        guard try fits(1) else { return 0 }
        var low = 1
        var high = 2
        while try fits(high) {
            low = high
            guard high < 1 << 40 else { return low }
            high *= 4
        }
        // Costs grow about as a power of the rounds: interpolate in between, halving now and then.
        var lowCost = try cost(neighbouring, .repeated(event, count: low)).upper
        var highCost = try cost(neighbouring, .repeated(event, count: high)).upper
        var step = 0
        while high - low > 1 {
            var middle = low + (high - low) / 2
            if step % 3 != 2, highCost.isFinite, lowCost > 0, highCost > lowCost {
                let share = log(epsilon / lowCost) / log(highCost / lowCost)
                let aim = Double(low) * pow(Double(high) / Double(low), share)
                middle = min(max(Int(aim) + (step % 3 == 0 ? 1 : 0), low + 1), high - 1)
            }
            let value = try cost(neighbouring, .repeated(event, count: middle)).upper
            if value <= epsilon {
                (low, lowCost) = (middle, value)
            } else {
                (high, highCost) = (middle, value)
            }
            step += 1
        }
        return low
    }

    private func cost(
        _ neighbouring: NeighbouringRelation, _ event: PrivacyEvent
    ) throws(DifferentialPrivacyError) -> EpsilonBounds {
        var accountant = PrivacyAccountant(neighbouring: neighbouring, relativeWidth: 2e-7)
        try accountant.compose(event)
        return try accountant.epsilon(delta: delta)
    }

    /// The cheapest-looking value that still fits, by secants on logarithms within a bracket.
    private func extreme(
        _ neighbouring: NeighbouringRelation, from start: Double, limits: ClosedRange<Double>,
        costFalls: Bool, _ event: (Double) -> PrivacyEvent
    ) throws(DifferentialPrivacyError) -> Calibrated? {
        struct Point {
            var x: Double
            var cost: EpsilonBounds
        }
        let target = log(epsilon)
        func point(_ x: Double) throws(DifferentialPrivacyError) -> Point {
            Point(x: x, cost: try cost(neighbouring, event(x)))
        }
        func excess(_ point: Point) -> Double {
            point.cost.upper > 0 ? log(point.cost.upper) - target : -1e3
        }
        // Towards the side that fits, then away from it.
        let inward = costFalls ? 2.0 : 0.5
        var fitting = try point(start)
        var failing: Point?
        while fitting.cost.upper > epsilon {
            failing = fitting
            let next = fitting.x * inward
            guard limits.contains(next) else { return nil }
            fitting = try point(next)
        }
        while failing == nil {
            let next = min(max(fitting.x / inward, limits.lowerBound), limits.upperBound)
            guard next != fitting.x else {
                return Calibrated(value: fitting.x, exceeding: fitting.x, epsilon: fitting.cost)
            }
            let candidate = try point(next)
            if candidate.cost.upper > epsilon { failing = candidate } else { fitting = candidate }
        }
        guard var failing else { return nil }
        for step in 0..<100 where abs(failing.x / fitting.x - 1) > 5e-7 {
            let (low, high) = (log(fitting.x), log(failing.x))
            var middle = (low + high) / 2
            if step % 4 != 3, excess(failing).isFinite, excess(fitting) > -500 {
                let slope = (excess(failing) - excess(fitting)) / (high - low)
                let nearer = abs(excess(failing)) < abs(excess(fitting)) ? failing : fitting
                let root = log(nearer.x) - excess(nearer) / slope
                // Aim past the root, so that both ends close in on it.
                let nudge = (nearer.x == failing.x ? low - high : high - low) * 0.02
                let past = max(abs(nudge), 1.5e-7) * (nudge < 0 ? -1 : 1)
                let aim = step < 2 ? root : root + past
                if aim > min(low, high), aim < max(low, high) { middle = aim }
            }
            let next = try point(exp(middle))
            guard next.x != fitting.x, next.x != failing.x else { break }
            if next.cost.upper <= epsilon { fitting = next } else { failing = next }
        }
        return Calibrated(value: fitting.x, exceeding: failing.x, epsilon: fitting.cost)
    }
}
