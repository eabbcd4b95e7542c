internal import Foundation

/// A pair with finitely many losses.
struct AtomicPair: LossPair {
    /// The finite losses, increasing, and the mass that P puts on each.
    let losses: [Double]
    let masses: [Double]
    /// The mass of P on infinite losses, and that of Q where P has none.
    let infinite: Double
    let unmatched: Double
    let step: Double?
    let isSymmetric: Bool

    init(
        losses: [Double], masses: [Double], infinite: Double = 0, unmatched: Double = 0,
        step: Double? = nil, isSymmetric: Bool = false
    ) {
        self.losses = losses
        self.masses = masses
        self.infinite = infinite
        self.unmatched = unmatched
        self.step = step
        self.isSymmetric = isSymmetric
    }

    private func otherMass(_ index: Int) -> Double { masses[index] * exp(-losses[index]) }

    var reversed: any LossPair {
        AtomicPair(
            losses: losses.reversed().map { -$0 }, masses: losses.indices.reversed().map(otherMass),
            infinite: unmatched, unmatched: infinite, step: step, isSymmetric: isSymmetric)
    }

    /// The mechanism on a Poisson sample: (1 - rate) Q + rate P against Q (Zhu, Dong and Wang 2022,
    /// Theorem 11).
    func sampled(rate: Double) -> AtomicPair {
        if rate == 1 { return self }
        var result: [(loss: Double, mass: Double)] = []
        if unmatched > 0 { result.append((log1p(-rate), (1 - rate) * unmatched)) }
        for index in losses.indices {
            let other = otherMass(index)
            result.append(
                (
                    log1p(rate * expm1(losses[index])),
                    (1 - rate) * other + rate * masses[index]
                ))
        }
        return AtomicPair(
            losses: result.map(\.loss), masses: result.map(\.mass), infinite: rate * infinite)
    }

    func lossRange(tail: Double) -> ClosedRange<Double> {
        var (low, high) = (0, losses.count - 1)
        var (below, above) = (0.0, 0.0)
        while low < high, below + masses[low] <= tail {
            below += masses[low]
            low += 1
        }
        while high > low, above + masses[high] <= tail {
            above += masses[high]
            high -= 1
        }
        return losses[low]...losses[high]
    }

    func masses(on lattice: LossLattice) -> LossMasses {
        var result = LossMasses(count: lattice.count)
        result.above = infinite
        for index in losses.indices {
            let position = lattice.position(of: losses[index])
            let nearest = position.rounded()
            // On a lattice of its own a loss is off by rounding alone.
            if abs(position - nearest) < (step == nil ? 0 : 1e-7) || position == nearest {
                switch nearest {
                case ..<0: result.below += masses[index]
                case Double(lattice.count)...: result.above += masses[index]
                default: result.atPoint[Int(nearest)] += masses[index]
                }
            } else if position < 0 {
                result.below += masses[index]
            } else if position > Double(lattice.count - 1) {
                result.above += masses[index]
            } else {
                let cell = Int(position)
                result.cell.p[cell] += masses[index]
                result.cell.q[cell] += masses[index] * exp(lattice[cell] - losses[index])
            }
        }
        return result
    }

    func moments(tilt: Double) -> LossMoments {
        LossMoments(losses: { losses[$0] }, masses: masses, tilt: tilt)
    }

    func quadrature(tilt: Double, frequency: Double) -> LossQuadrature? {
        let moment = moments(tilt: tilt).logMoment
        guard moment.isFinite else { return nil }
        let weights = losses.indices.map { index in
            masses[index] > 0 ? exp(log(masses[index]) + tilt * losses[index] - moment) : 0
        }
        let total = weights.reduce(0, +)
        let size = zip(weights, losses).reduce(0) { $0 + $1.0 * abs($1.1) }
        return LossQuadrature(
            logMoment: moment + log(total), losses: losses, weights: weights.map { $0 / total },
            error: .unitRoundoff * (64 + 4 * tilt * size))
    }

    func hockeyStick(epsilon: Double) -> Bounds? {
        var (sum, size) = (infinite, infinite)
        for index in losses.indices where losses[index] > epsilon {
            sum -= masses[index] * expm1(epsilon - losses[index])
            size += masses[index] * (1 + abs(losses[index]))
        }
        let slack = 64 * .unitRoundoff * size
        return Bounds(lower: sum - slack, upper: sum + slack)
    }
}

extension AtomicPair {
    /// Randomised response over `buckets` values that lies with probability `noise`, in which case
    /// every value is as likely.
    init(randomizedResponse noise: Double, buckets: Int) {
        let lie = noise / Double(buckets)
        let truth = 1 - noise + lie
        let loss = log(truth / lie)
        self.init(
            losses: [-loss, 0, loss], masses: [lie, max(0, 1 - truth - lie), truth], step: loss,
            isSymmetric: true)
    }

    /// Discrete Laplace noise, probabilities proportional to exp(-`rate` * |k|), and a shift by
    /// `sensitivity`.
    init(discreteLaplace rate: Double, sensitivity: Int) {
        // Outcomes at or beyond either end have the same loss.
        let normaliser = tanh(rate / 2)
        let beyond = normaliser / -expm1(-rate)
        let shift = Double(sensitivity)
        var losses: [Double] = []
        var masses: [Double] = []
        for position in 0...sensitivity {
            // P is centred at `sensitivity`, Q at 0.
            let distance = shift - Double(position)
            losses.append(rate * (Double(position) - distance))
            let edge = position == 0 || position == sensitivity
            masses.append((edge ? beyond : normaliser) * exp(-rate * distance))
        }
        self.init(losses: losses, masses: masses, step: rate, isSymmetric: true)
    }

    /// Integer noise and a shift by `sensitivity`: `logarithm` is that of the probability of k >= 0
    /// up to a constant, and decreases.
    init(sensitivity: Int, step: Double?, logarithm: (Int) -> Double) {
        let peak = logarithm(0)
        var table: [Double] = []
        while table.count < 1 << 22 {
            let value = logarithm(table.count) - peak
            if value < -160 { break }
            table.append(value)
        }
        let total = 2 * table.dropFirst().reversed().reduce(0) { $0 + exp($1) } + 1
        let reach = table.count - 1
        var losses: [Double] = []
        var masses: [Double] = []
        // P is centred at `sensitivity`; where Q's table ends the loss counts as infinite.
        let (first, last) = (sensitivity - reach, reach)
        if first <= last {
            for k in first...last {
                let (own, other) = (table[abs(k - sensitivity)], table[abs(k)])
                losses.append(own - other)
                masses.append(exp(own) / total)
            }
        }
        // The rest of P: beyond Q's table, and beyond its own.
        let beyond = stride(from: reach, to: max(reach - sensitivity, -reach - 1), by: -1)
            .reduce(0.0) { $0 + exp(table[abs($1)]) }
        let missing =
            first <= last ? beyond / total * (1 + 1e-12) + Double(sensitivity + 1) * exp(-155) : 1
        self.init(
            losses: losses, masses: masses, infinite: missing, unmatched: missing, step: step,
            isSymmetric: true)
    }

    /// ln(P(k) / P(0)) of the symmetric Skellam distribution, for k from 0 to where it vanishes.
    ///
    /// The ratios r(k) of consecutive Bessel functions follow from r(k) = 1 / (2k / v + r(k + 1)),
    /// backwards, which contracts whatever error it started with.
    static func skellamLogarithms(variance: Double) -> [Double] {
        var last = 16
        while Double(last) * asinh(Double(last) / variance) < 400 { last += last / 8 + 1 }
        var ratio = exp(-asinh(Double(last) / variance))
        var ratios = [Double](repeating: 1, count: last + 1)
        for k in stride(from: last, through: 1, by: -1) {
            ratio = 1 / (2 * Double(k) / variance + ratio)
            ratios[k] = ratio
        }
        var sum = 0.0
        return ratios.map { ratio in
            sum += log(ratio)
            return sum
        }
    }
}
