internal import Foundation

/// Adds up the Rényi divergences of releases and states the (epsilon, delta) that they amount to.
///
/// Every figure is an upper bound. The order is optimised over all real orders, so that without
/// sampling the figure is the best that zCDP implies. Sampling is credited at orders up to 1024.
///
///     var accountant = RenyiAccountant(neighbouring: .zeroOutOne)
///     try accountant.compose(mechanism.event)
///     let spent = try accountant.epsilon(delta: 1e-6)
public struct RenyiAccountant: Sendable {
    /// The relation under which every event must protect.
    public let neighbouring: NeighbouringRelation
    /// The sum of the zCDP parameters of all releases, amplification by sampling not counted: what
    /// holds against whoever chose the samples.
    public var rhoWithoutAmplification: Double {
        unsampledRho.total.addingUp(sampledRho.total)
    }

    /// Sums of zCDP parameters, by the orders at which they are known.
    private struct Rho: Sendable {
        private var real = 0.0
        private var integer = 0.0

        var total: Double { real.addingUp(integer) }

        mutating func add(_ rho: Double, _ orders: RenyiOrders) {
            switch orders {
            case .real: real = real.addingUp(rho)
            case .integer: integer = integer.addingUp(rho)
            }
        }

        /// The bound on the divergence at `order`. Where a divergence is at most j at every integer
        /// order j, (alpha - 1) times it is convex in alpha and 0 at 1, so that it lies below the
        /// chord between two orders (Wang, Balle and Kasiviswanathan 2019, arXiv 1808.00087,
        /// Corollary 10).
        func divergence(order: Double) -> Double {
            let below = order.rounded(.down)
            let chord = below * (2 * order - 1 - below) / (order - 1)
            return real * order + (integer == 0 ? 0 : integer * chord)
        }
    }

    private var unsampledRho = Rho()
    private var sampledRho = Rho()
    /// The sums of (order - 1) * divergence at the orders of ``PoissonAmplification``; empty as
    /// long as there was no sampled release.
    private var sampled: [Double] = []
    /// The curve of the latest sampled release: rounds of a run mostly repeat it.
    private var latest: (release: PoissonAmplification, curve: [Double])?

    /// An account without any release.
    public init(neighbouring: NeighbouringRelation) { self.neighbouring = neighbouring }

    /// Adds an event.
    ///
    /// - Throws: ``DifferentialPrivacyError`` for parameters without meaning or another relation
    ///   than the account's; the account is then as it was before.
    public mutating func compose(
        _ event: PrivacyEvent, count: Int = 1
    ) throws(DifferentialPrivacyError) {
        var next = self
        try Self.requireCount(count)
        try next.add(event, times: Double(count))
        self = next
    }

    private static func requireCount(_ count: Int) throws(DifferentialPrivacyError) {
        try require(count >= 0, "the number of repetitions", Double(count), "at least 0")
    }

    private mutating func add(
        _ event: PrivacyEvent, times: Double
    ) throws(DifferentialPrivacyError) {
        switch event {
        case .concentrated(let rho, let relation, let orders):
            try requireRelease(rho: rho, relation)
            unsampledRho.add(times.multipliedUp(by: rho), orders)
        case .poissonSampled(let rate, let rho, let relation, let orders):
            try requireRelease(rho: rho, relation)
            try require(rate >= 0 && rate <= 1, "the sampling rate", rate, "from 0 to 1")
            sampledRho.add(times.multipliedUp(by: rho), orders)
            let release = PoissonAmplification(rate: rate, rho: rho)
            if latest?.release != release { latest = (release, release.scaledDivergences()) }
            guard let curve = latest?.curve else { return }
            if sampled.isEmpty { sampled = [Double](repeating: 0, count: curve.count) }
            for index in curve.indices {
                sampled[index] = sampled[index].addingUp(times.multipliedUp(by: curve[index]))
            }
        case .repeated(let event, let count):
            try Self.requireCount(count)
            try add(event, times: times * Double(count))
        case .composed(let events):
            for event in events { try add(event, times: times) }
        }
    }

    private func requireRelease(
        rho: Double, _ relation: NeighbouringRelation
    ) throws(DifferentialPrivacyError) {
        guard relation == neighbouring else {
            throw .neighbouringMismatch(expected: neighbouring, actual: relation)
        }
        try require(rho >= 0 && rho.isFinite, "rho", rho, "at least 0 and finite")
    }

    /// A bound on the Rényi divergence of all releases together at `order`, above 1.
    public func renyiDivergence(order: Double) -> Double {
        guard order > 1 else { return .infinity }
        return unsampledRho.divergence(order: order) + sampledDivergence(order: order)
    }

    /// The chord between two of the orders at which the amplified divergence is known, as in
    /// ``Rho/divergence(order:)``.
    private func sampledDivergence(order: Double) -> Double {
        let unamplified = sampledRho.divergence(order: order)
        let orders = PoissonAmplification.orders
        guard !sampled.isEmpty, let above = orders.firstIndex(where: { Double($0) >= order }) else {
            return unamplified
        }
        let right = Double(orders[above])
        let left = above == 0 ? 1 : Double(orders[above - 1])
        let leftValue = above == 0 ? 0 : sampled[above - 1]
        let share = (order - left) / (right - left)
        let chord = (leftValue + share * (sampled[above] - leftValue)) / (order - 1)
        return min(unamplified, chord)
    }

    /// The smallest epsilon that is known to hold with `delta`; infinite if there is none.
    public func epsilon(delta: Double) throws(DifferentialPrivacyError) -> Double {
        try require(delta > 0 && delta < 1, "delta", delta, "above 0 and below 1")
        if rhoWithoutAmplification == 0 { return 0 }
        return smallest { epsilon(delta: delta, order: $0) }
    }

    /// The epsilon that the divergence at `order` alone implies.
    package func epsilon(delta: Double, order: Double) -> Double {
        RenyiConversion.epsilon(
            divergence: renyiDivergence(order: order), order: order, delta: delta)
    }

    /// The smallest delta that is known to hold with `epsilon`, at most 1.
    public func delta(epsilon: Double) throws(DifferentialPrivacyError) -> Double {
        try require(epsilon >= 0 && epsilon.isFinite, "epsilon", epsilon, "at least 0 and finite")
        if rhoWithoutAmplification == 0 { return 0 }
        return smallest {
            RenyiConversion.delta(
                divergence: renyiDivergence(order: $0), order: $0, epsilon: epsilon)
        }
    }

    /// Whether the releases so far keep within `budget`.
    public func isWithin(_ budget: PrivacyBudget) -> Bool {
        guard let epsilon = try? epsilon(delta: budget.delta) else { return false }
        return epsilon <= budget.epsilon
    }

    /// The smallest of `bound` over the orders: over a grid, then by golden sections around its
    /// best point. Every order gives a valid bound, so a local minimum costs tightness only.
    private func smallest(of bound: (Double) -> Double) -> Double {
        // Uniform in ln(alpha - 1), four points to an octave.
        let octaves = -20.0...40.0
        func value(_ position: Double) -> Double { bound(1 + exp2(position)) }
        var best = (position: octaves.lowerBound, value: value(octaves.lowerBound))
        for position in stride(from: octaves.lowerBound, through: octaves.upperBound, by: 0.25) {
            let candidate = value(position)
            if candidate < best.value { best = (position, candidate) }
        }
        let golden = (5.0.squareRoot() - 1) / 2
        var low = max(octaves.lowerBound, best.position - 0.25)
        var high = min(octaves.upperBound, best.position + 0.25)
        var result = best.value
        for _ in 0..<60 {
            let first = high - golden * (high - low)
            let second = low + golden * (high - low)
            let values = (value(first), value(second))
            result = min(result, values.0, values.1)
            if values.0 <= values.1 { high = second } else { low = first }
        }
        return result
    }
}
