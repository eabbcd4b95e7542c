internal import Foundation
import Recommender

/// What a server takes for the sum of a cohort, given the sums of its groups.
///
/// Coordinate-wise median and trimmed mean after Yin, Chen, Ramchandran and Bartlett,
/// "Byzantine-robust distributed learning: towards optimal statistical rates", ICML 2018; the
/// geometric median by the smoothed Weiszfeld algorithm of Pillutla, Kakade and Harchaoui, "Robust
/// aggregation for federated learning", IEEE TSP 70, 2022. They combine the means of groups of devices,
/// as single contributions are never seen.
///
/// **Noise.** The stated standard deviation is that of the noise alone. It is exact for ``filter``
/// and without a rule; for median and trimmed mean it holds if groups are of the same size and noise
/// outweighs what honest groups differ by (else those differences come on top, as they do without a
/// rule); for the geometric median it takes the weights as given.
struct RobustSum: Sendable {
    /// The rule.
    let settings: DefenceSettings
    /// The deviation of the middle of as many groups as there should be, in units of one's noise.
    private let precision: Double

    /// What came of a round.
    struct Estimate: Sendable {
        /// The estimate: of all devices; with ``DefenceSettings/Rule/filter``, the sum of those in
        /// groups that count.
        var sum: NoisySum
        /// What was found of the groups.
        var check: GroupCheck
    }

    /// Combines by the settings' rule.
    init(_ settings: DefenceSettings) throws {
        self.settings = settings
        precision = try OrderStatistics.deviation(
            count: settings.groups, kept: settings.keptRanks(of: settings.groups))
    }

    /// Combines the sums of the groups of a round, at least one of which has devices.
    func estimate(_ sums: [NoisySum]) throws -> Estimate {
        let means = GroupMeans(sums)
        let products = means.innerProducts()
        let check = GroupCheck(means, products: products, threshold: settings.threshold)
        let sum: NoisySum
        switch settings.rule {
        case .none:
            sum = means.sum { _ in true }
        case .filter:
            sum = means.sum { !check.groups[$0].isFlagged }
        case .trimmedMean, .median:
            sum = try middle(of: means, settings.keptRanks(of: means.count))
        case .geometricMedian:
            sum = means.weighted(means.geometricMedianWeights(products: products))
        }
        return Estimate(sum: sum, check: check)
    }

    /// The mean of the values of some ranks in each coordinate, times the number of devices.
    private func middle(of means: GroupMeans, _ kept: Range<Int>) throws -> NoisySum {
        let network = SortingNetwork(count: means.count)
        let devices = Double(means.contributors)
        let factor = Float(devices / Double(kept.count))
        var values = [Float](repeating: 0, count: means.dimension)
        means.forEachBlock { block, first in
            block.sort(by: network)
            block.writeSum(of: kept, factor: factor, to: &values, at: first)
        }
        let precision =
            means.count == settings.groups
            ? self.precision : try OrderStatistics.deviation(count: means.count, kept: kept)
        let variance =
            means.deviations.reduce(0) { $0 + $1 * $1 } / Double(means.count)
        return NoisySum(
            values: values, noiseStandardDeviation: devices * precision * variance.squareRoot(),
            contributors: means.contributors)
    }
}

extension DefenceSettings {
    /// The ranks of the values that make up the estimate of a coordinate; all but for median and
    /// trimmed mean.
    func keptRanks(of groups: Int) -> Range<Int> {
        switch rule {
        case .median: return (groups - 1) / 2..<groups / 2 + 1
        case .trimmedMean:
            let trimmed = min(Int((trim * Double(groups)).rounded()), (groups - 1) / 2)
            return trimmed..<groups - trimmed
        case .none, .filter, .geometricMedian: return 0..<groups
        }
    }
}

extension GroupMeans {
    /// The sum of the devices of some groups.
    fileprivate func sum(of isIncluded: (Int) -> Bool) -> NoisySum {
        let chosen = (0..<count).filter(isIncluded)
        var weights = [Double](repeating: 0, count: count)
        for group in chosen { weights[group] = Double(sums[group].contributors) }
        let variance = chosen.reduce(0) { $0 + pow(sums[$1].noiseStandardDeviation, 2) }
        return NoisySum(
            values: combined(weights: weights, factor: 1),
            noiseStandardDeviation: variance.squareRoot(),
            contributors: chosen.reduce(0) { $0 + sums[$1].contributors })
    }

    /// The mean by weights that add up to 1, times the number of devices.
    fileprivate func weighted(_ weights: [Double]) -> NoisySum {
        let devices = Double(contributors)
        let variance = zip(weights, deviations).reduce(0) { $0 + $1.0 * $1.0 * $1.1 * $1.1 }
        return NoisySum(
            values: combined(weights: weights, factor: devices),
            noiseStandardDeviation: devices * variance.squareRoot(), contributors: contributors)
    }

    /// The weights of the means in their geometric median, which add up to 1. Everything follows from
    /// the inner products, so that no iteration looks at the coordinates.
    fileprivate func geometricMedianWeights(products: [Double]) -> [Double] {
        var weights = [Double](repeating: 1 / Double(count), count: count)
        let typical = (0..<count).reduce(0) { $0 + products[$1 * count + $1] } / Double(count)
        // Distances below a millionth of a typical length count as that.
        let smallest = 1e-12 * typical
        guard smallest > 0 else { return weights }
        for _ in 0..<100 {
            let along = (0..<count).map { group in
                (0..<count).reduce(0) { $0 + products[group * count + $1] * weights[$1] }
            }
            let square = zip(weights, along).reduce(0) { $0 + $1.0 * $1.1 }
            var next = (0..<count).map { group in
                let distance = products[group * count + group] - 2 * along[group] + square
                return 1 / max(distance, smallest).squareRoot()
            }
            let total = next.reduce(0, +)
            for group in next.indices { next[group] /= total }
            let change = zip(next, weights).reduce(0) { max($0, abs($1.0 - $1.1)) }
            weights = next
            if change < 1e-9 { break }
        }
        return weights
    }
}
