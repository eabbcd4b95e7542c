internal import Foundation

/// Exponential moments by the trapezoid rule.
///
/// With W(u) = n(u) P(u)^(1 + z) Q(u)^-z, n the standard normal density and P, Q relative to it, E
/// exp(zL) is the integral of W over the line. The integrand is analytic in a strip and falls off
/// like n, so that the rule converges exponentially: its error is at most 2 N / (exp(2 pi y / h) -
/// 1), N the integral of |W| along the edges u + iy and u - iy (Trefethen and Weideman 2014, "The
/// exponentially convergent trapezoidal rule", Theorem 5.1).
extension GaussianMixturePair {
    /// What each node leaves out, and what the rule may be off, is exp(-40) of the whole or less:
    /// ``LossQuadrature/truncation`` altogether.
    private static let digits = 40.0

    /// The logarithm of the integrand at a real `u` for a real z, and the loss there.
    private func integrand(_ u: Double, tilt: Double) -> (
        logWeight: Double, loss: Double, slope: Double
    ) {
        let (above, below) = (p.logRatio(u), q.logRatio(u))
        return (
            -u * u / 2 + (1 + tilt) * above.value - tilt * below.value, above.value - below.value,
            above.slope - below.slope
        )
    }

    /// The highest peak of the integrand: its place, and the logarithm of its height.
    private func highestPeak(tilt: Double) -> (place: Double, logHeight: Double) {
        func slope(_ u: Double) -> Double {
            (1 + tilt) * p.logRatio(u).slope - tilt * q.logRatio(u).slope - u
        }
        let reach = reach(tilt)
        let length = reach.upperBound - reach.lowerBound
        let count = min(max(Int(length.rounded(.up)), 2), 32)
        let spacing = max(length, 1e-3) / Double(count)
        var candidates = (0...count).map { reach.lowerBound + Double($0) * spacing }
        if reach.contains(0) { candidates.append(0) }
        let heights = candidates.map { integrand($0, tilt: tilt).logWeight }
        let best = candidates[heights.indices.max { heights[$0] < heights[$1] } ?? 0]
        // The slope falls through 0 at a peak.
        var (low, high) = (best - spacing, min(best + spacing, limit))
        if slope(low) < 0 { low = reach.lowerBound }
        if slope(high) > 0 { high = reach.upperBound }
        while high - low > 0.1 {
            let middle = (low + high) / 2
            if slope(middle) > 0 { low = middle } else { high = middle }
        }
        let place = (low + high) / 2
        return (place, integrand(place, tilt: tilt).logWeight)
    }

    /// Beyond these the integrand falls off at least as fast as a normal density around them.
    private func reach(_ tilt: Double) -> ClosedRange<Double> {
        let ends = [
            (1 + tilt) * p.lowest - tilt * q.highest, (1 + tilt) * p.highest - tilt * q.lowest,
        ]
        return min(ends[0], ends[1], limit)...min(max(ends[0], ends[1]), limit)
    }

    /// An upper bound on the integrand's logarithm: ln P and ln Q are convex, so that the one is
    /// largest at an end, and the other above its tangent.
    private func logBound(on range: ClosedRange<Double>, tilt: Double) -> Double {
        let (a, b) = (range.lowerBound, range.upperBound)
        let tangent = q.logRatio((a + b) / 2)
        let nearest = a > 0 ? a : b < 0 ? b : 0
        return -nearest * nearest / 2
            + (1 + tilt) * max(p.logRatio(a).value, p.logRatio(b).value)
            - tilt * (tangent.value - abs(tangent.slope) * (b - a) / 2)
    }

    /// The parts of the line outside of which the integrand is negligible.
    private func support(tilt: Double, logHeight: Double) -> [ClosedRange<Double>] {
        let reach = reach(tilt)
        if reach.upperBound - reach.lowerBound < 12 {
            return [reach.lowerBound - 9.5...min(reach.upperBound + 9.5, limit)]
        }
        let cutoff = logHeight - Self.digits - 6
        var kept: [ClosedRange<Double>] = []
        var pending = [reach.lowerBound - 9.5...min(reach.upperBound + 9.5, limit)]
        while let range = pending.popLast() {
            let (a, b) = (range.lowerBound, range.upperBound)
            let middle = (a + b) / 2
            let bound = logBound(on: range, tilt: tilt)
            if bound < cutoff { continue }
            if b - a > 2 {
                pending.append(middle...b)
                pending.append(a...middle)
            } else if let last = kept.last, last.upperBound == a {
                kept[kept.count - 1] = last.lowerBound...b
            } else {
                kept.append(range)
            }
        }
        return kept
    }

    /// A step with which the rule's error is negligible for all |t| up to `frequency`.
    private func step(
        tilt: Double, frequency: Double, support: [ClosedRange<Double>]
    ) -> Double {
        let width = max(p.highest - q.lowest, q.highest - p.lowest, 0)
        let limit = 0.98 * Double.pi / max(p.spread, q.spread, 1e-300)
        let candidates = [9.0, 8, 7, 6, 5, 4, 3, 2, 1.4, 1, 0.7, 0.5, 0.35, 0.25].map {
            min($0, limit * ($0 / 9).squareRoot())
        }
        func step(_ y: Double, _ growth: Double) -> Double {
            let shrinking = q.spread > 0 ? -tilt * log(cos(q.spread * y / 2)) : 0
            return 2 * .pi * y / (Self.digits + 1 + y * y / 2 + growth + shrinking)
        }
        let closed = candidates.map { step($0, frequency * width * $0) }.max() ?? 0.1
        let length = support.reduce(0) { $0 + $1.upperBound - $1.lowerBound }
        guard length / closed > 120, frequency > 0 else { return closed }
        // The argument of P / Q is mostly far below its bound: weigh it, over the support only,
        // where all of the integrand is.
        let points = support.flatMap {
            Array(stride(from: $0.lowerBound, through: $0.upperBound, by: 0.5))
        }
        let logWeights = points.map { integrand($0, tilt: tilt).logWeight }
        let largest = logWeights.max() ?? 0
        let total = logWeights.reduce(0) { $0 + exp($1 - largest) }
        return candidates.enumerated().filter { $0.offset % 3 == 1 }.reduce(closed) {
            best, candidate in
            let y = candidate.element
            let exponents = points.indices.map { index in
                let u = points[index]
                let turn = p.argument(u, imaginary: y) - q.argument(u, imaginary: y)
                return logWeights[index] - largest + frequency * abs(turn)
            }
            let highest = exponents.max() ?? 0
            let sum = exponents.reduce(0) { $0 + exp($1 - highest) }
            // Four times what the coarse rule says, to be safe.
            return max(best, step(y, highest + log(4 * sum / total)))
        }
    }

    /// The trapezoid rule.
    private func nodes(
        tilt: Double, frequency: Double, support: [ClosedRange<Double>]
    ) -> [(u: Double, width: Double)]? {
        let step = step(tilt: tilt, frequency: frequency, support: support)
        var result: [(u: Double, width: Double)] = []
        for range in support {
            let first = Int((range.lowerBound / step).rounded(.up))
            let last = Int((range.upperBound / step).rounded(.down))
            guard last - first + result.count < 1 << 20 else { return nil }
            for index in stride(from: first, through: last, by: 1) {
                result.append((Double(index) * step, step))
            }
        }
        return result
    }

    /// Where outcomes end at a limit: Gauss's rule on panels that are halved until its error is
    /// negligible. For an integrand that is analytic in the ellipse around [-1, 1] with the sum of
    /// semiaxes r, and at most M there, it is at most 64 M / (15 (1 - r^-2) r^(2n)) (Trefethen
    /// 2008, "Is Gauss quadrature better than Clenshaw-Curtis?", Theorem 4.5).
    private func panels(
        tilt: Double, frequency: Double, support: [ClosedRange<Double>], _ logHeight: Double
    ) -> [(u: Double, width: Double)]? {
        let rule = GaussRule.ofOrder24
        let spread = max(p.spread, q.spread)
        var result: [(u: Double, width: Double)] = []
        var pending = Array(support.reversed())
        while let panel = pending.popLast() {
            let half = (panel.upperBound - panel.lowerBound) / 2
            let middle = panel.lowerBound + half
            let logError =
                [2.0, 3, 4.5, 7].map { r in
                    let (along, across) = (half * (r + 1 / r) / 2, half * (r - 1 / r) / 2)
                    guard spread * across < 3 else { return Double.infinity }
                    let shrinking = q.spread > 0 ? -tilt * log(cos(q.spread * across / 2)) : 0
                    let turn =
                        p.largestArgument(middle + along, imaginary: across)
                        + q.largestArgument(middle + along, imaginary: across)
                    return logBound(on: middle - along...middle + along, tilt: tilt)
                        + across * across / 2 + frequency * turn + shrinking
                        - 48 * log(r) + 2 + log(max(half, 1)) - logHeight
                }.min() ?? .infinity
            if logError > -Self.digits - 3, half > 1e-6 {
                pending.append(middle...panel.upperBound)
                pending.append(panel.lowerBound...middle)
                guard pending.count < 1 << 12 else { return nil }
                continue
            }
            for (x, weight) in rule { result.append((middle + half * x, half * weight)) }
            guard result.count < 1 << 17 else { return nil }
        }
        return result
    }

    func moments(tilt: Double) -> LossMoments {
        guard let rule = quadrature(tilt: tilt, frequency: 0) else {
            return LossMoments(logMoment: .infinity, mean: .infinity, variance: 0)
        }
        var (mean, square) = (0.0, 0.0)
        for index in rule.losses.indices { mean += rule.weights[index] * rule.losses[index] }
        for index in rule.losses.indices {
            let deviation = rule.losses[index] - mean
            square += rule.weights[index] * deviation * deviation
        }
        return LossMoments(logMoment: rule.logMoment + rule.error, mean: mean, variance: square)
    }

    func quadrature(tilt: Double, frequency: Double) -> LossQuadrature? {
        let peak = highestPeak(tilt: tilt)
        guard peak.logHeight.isFinite else { return nil }
        let support = support(tilt: tilt, logHeight: peak.logHeight)
        guard
            let rule = limit.isFinite
                ? panels(tilt: tilt, frequency: frequency, support: support, peak.logHeight)
                : nodes(tilt: tilt, frequency: frequency, support: support)
        else { return nil }
        var (losses, weights): ([Double], [Double]) = ([], [])
        losses.reserveCapacity(rule.count)
        weights.reserveCapacity(rule.count)
        var (total, size) = (0.0, 0.0)
        for (u, width) in rule {
            let point = integrand(u, tilt: tilt)
            let weight = width * exp(point.logWeight - peak.logHeight)
            losses.append(point.loss)
            weights.append(weight)
            total += weight
            size +=
                weight * (abs(point.logWeight) + (tilt + frequency) * abs(point.loss))
        }
        guard total > 0 else { return nil }
        for index in weights.indices { weights[index] /= total }
        let logMoment = peak.logHeight + log(total / (2 * .pi).squareRoot())
        let rounding = .unitRoundoff * (16 + 4 * size / total)
        return LossQuadrature(
            logMoment: logMoment, losses: losses, weights: weights,
            error: LossQuadrature.truncation + rounding)
    }

    /// Floors of the tilted loss's density between the nodes: at u it is W(u) / (M L'(u)). Between
    /// two points a logarithm whose second derivative is at most c in size is above the smaller
    /// end's by no less than -c h^2 / 8.
    func decay(tilt: Double, logMoment: Double) -> CharacteristicDecay {
        let peak = highestPeak(tilt: tilt)
        let width = upper.highest - lower.lowest
        let curvature =
            1 + (1 + tilt) * p.spread * p.spread / 4 + tilt * q.spread * q.spread / 4
            + 2 * width * width
        let step = min(0.5, (0.8 / curvature).squareRoot())
        let slack = exp(-curvature * step * step / 8) / (2 * .pi).squareRoot()
        let sign = isReversed ? -1.0 : 1
        var losses: [Double] = []
        var floors: [Double] = []
        for range in support(tilt: tilt, logHeight: peak.logHeight) {
            var previous: (density: Double, slope: Double)?
            // Where the density is negligible there is nothing to gain; cut short rather than slow,
            // as any intervals give a bound.
            for u in stride(
                from: max(range.lowerBound, peak.place - 4096 * step),
                through: min(range.upperBound, peak.place + 4096 * step), by: step)
            {
                let point = integrand(u, tilt: tilt)
                guard point.logWeight > peak.logHeight - 9 else {
                    previous = nil
                    continue
                }
                let density = exp(point.logWeight - logMoment)
                if !losses.isEmpty {
                    floors.append(
                        previous.map {
                            slack * min($0.density, density)
                                / max(abs($0.slope), abs(point.slope), 1e-300)
                        } ?? 0)
                }
                losses.append(sign * point.loss)
                previous = (density, point.slope)
            }
        }
        return losses.count > 1
            ? CharacteristicDecay(losses: losses, floors: floors) : CharacteristicDecay()
    }
}
