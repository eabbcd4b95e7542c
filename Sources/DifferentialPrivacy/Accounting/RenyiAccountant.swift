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

    /// What (xi, rho)-zCDP adds at every order.
    private var xi = 0.0
    /// Releases whose losses are known.
    private var pairs = LossComposition()
    /// A bound on the probability of an infinite loss.
    private var infinite = 0.0

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
        let alternatives = try event.alternatives(times: times)
        guard alternatives.count == 1 else {
            throw .unsupported(
                "parallel events in one Rényi account", remedy: "use a PrivacyAccountant")
        }
        for (release, count) in alternatives[0] { try add(release: release, times: count) }
    }

    mutating func add(
        release: PrivacyEvent, times: Double
    ) throws(DifferentialPrivacyError) {
        switch try ReleaseLosses(release, under: neighbouring) {
        case .gaussian(let square):
            unsampledRho.add(times.multipliedUp(by: square / 2), .real)
        case .pair(let pair, _):
            infinite = infinite.addingUp(times.multipliedUp(by: pair.infinite))
            pairs.terms.append((pair, times))
        case .renyi(let curve, _): add(curve, times: times)
        }
    }

    mutating func add(_ curve: RenyiCurve, times: Double) {
        xi = xi.addingUp(times.multipliedUp(by: curve.xi))
        guard let amplification = curve.amplification else {
            unsampledRho.add(times.multipliedUp(by: curve.rho), curve.orders)
            return
        }
        sampledRho.add(times.multipliedUp(by: curve.rho), curve.orders)
        addSampled(amplification, times: times)
    }

    private mutating func addSampled(_ release: PoissonAmplification, times: Double) {
        if latest?.release != release { latest = (release, release.scaledDivergences()) }
        guard let curve = latest?.curve else { return }
        if sampled.isEmpty { sampled = [Double](repeating: 0, count: curve.count) }
        for index in curve.indices {
            sampled[index] = sampled[index].addingUp(times.multipliedUp(by: curve[index]))
        }
    }

    /// A bound on the Rényi divergence of all releases together at `order`, above 1.
    public func renyiDivergence(order: Double) -> Double {
        guard order > 1 else { return .infinity }
        return unsampledRho.divergence(order: order) + sampledDivergence(order: order) + xi
            + pairDivergence(order: order)
    }

    /// That of the releases whose losses are known, in the worse direction.
    private func pairDivergence(order: Double) -> Double {
        guard !pairs.terms.isEmpty else { return 0 }
        let forward = pairs.moments(tilt: order - 1).logMoment
        let isSymmetric = pairs.terms.allSatisfy { $0.pair.isSymmetric }
        let backward = isSymmetric ? forward : pairs.reversed.moments(tilt: order - 1).logMoment
        let divergence = max(forward, backward, 0) / (order - 1)
        return divergence.isNaN ? .infinity : divergence * (1 + 1e-12)
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
        if isEmpty { return 0 }
        guard delta > infinite else { return .infinity }
        return smallest { epsilon(delta: delta - infinite, order: $0) }
    }

    private var isEmpty: Bool {
        rhoWithoutAmplification == 0 && xi == 0 && pairs.terms.isEmpty
    }

    /// The epsilon that the divergence at `order` alone implies.
    package func epsilon(delta: Double, order: Double) -> Double {
        RenyiConversion.epsilon(
            divergence: renyiDivergence(order: order), order: order, delta: delta)
    }

    /// The smallest delta that is known to hold with `epsilon`, at most 1.
    public func delta(epsilon: Double) throws(DifferentialPrivacyError) -> Double {
        try require(epsilon >= 0 && epsilon.isFinite, "epsilon", epsilon, "at least 0 and finite")
        if isEmpty { return 0 }
        let bound = smallest {
            RenyiConversion.delta(
                divergence: renyiDivergence(order: $0), order: $0, epsilon: epsilon)
        }
        return min(1, bound + infinite)
    }

    /// Whether the releases so far keep within `budget`.
    public func isWithin(_ budget: PrivacyBudget) -> Bool {
        guard let epsilon = try? epsilon(delta: budget.delta) else { return false }
        return epsilon <= budget.epsilon
    }

    /// The smallest of `bound` over the orders: over a grid, a finer one around its best point, then
    /// by golden sections. Every order gives a valid bound, so a local minimum costs tightness only.
    private func smallest(of bound: (Double) -> Double) -> Double {
        // Uniform in ln(alpha - 1).
        // Divergences of pairs are integrals: fewer orders for these.
        let octaves = pairs.terms.isEmpty ? -20.0...40.0 : -7...20
        func value(_ position: Double) -> Double { bound(1 + exp2(position)) }
        var best = (position: octaves.lowerBound, value: value(octaves.lowerBound))
        func scan(_ positions: StrideThrough<Double>) {
            for position in positions {
                let candidate = value(position)
                if candidate < best.value { best = (position, candidate) }
            }
        }
        scan(stride(from: octaves.lowerBound, through: octaves.upperBound, by: 1))
        var width = 1.0
        if pairs.terms.isEmpty {
            scan(stride(from: best.position - 0.75, through: best.position + 0.75, by: 0.25))
            width = 0.25
        }
        let golden = (5.0.squareRoot() - 1) / 2
        var low = max(octaves.lowerBound, best.position - width)
        var high = min(octaves.upperBound, best.position + width)
        var first = (position: high - golden * (high - low), value: 0.0)
        var second = (position: low + golden * (high - low), value: 0.0)
        first.value = value(first.position)
        second.value = value(second.position)
        var result = min(best.value, first.value, second.value)
        for _ in 0..<(pairs.terms.isEmpty ? 40 : 24) {
            if first.value <= second.value {
                (high, second) = (second.position, first)
                first.position = high - golden * (high - low)
                first.value = value(first.position)
                result = min(result, first.value)
            } else {
                (low, first) = (first.position, second)
                second.position = low + golden * (high - low)
                second.value = value(second.position)
                result = min(result, second.value)
            }
        }
        return result
    }
}
