import Recommender

/// The sums of a round's groups, as means a device, ready to be compared and combined.
struct GroupMeans: Sendable {
    /// The groups' sums, of the same number of coordinates; those without devices are left out.
    let sums: [NoisySum]
    /// What each group's sum is multiplied by for the mean of its devices.
    let scales: [Float]
    /// The standard deviation of the noise in each coordinate of each mean.
    let deviations: [Double]
    /// The number of coordinates.
    let dimension: Int

    /// Takes over the sums of at least one group with devices.
    init(_ sums: [NoisySum]) {
        self.sums = sums.filter { $0.contributors > 0 }
        precondition(!self.sums.isEmpty, "no group has devices")
        dimension = self.sums[0].values.count
        precondition(
            self.sums.allSatisfy { [dimension] in $0.values.count == dimension },
            "groups have sums of the same query")
        scales = self.sums.map { 1 / Float($0.contributors) }
        deviations = self.sums.map { $0.noiseStandardDeviation / Double($0.contributors) }
    }

    /// The number of groups.
    var count: Int { sums.count }

    /// The number of devices of all groups.
    var contributors: Int { sums.reduce(0) { $0 + $1.contributors } }

    /// The inner products of all pairs of means, noise included, row by row.
    func innerProducts() -> [Double] {
        var products = [Double](repeating: 0, count: count * count)
        forEachBlock { block, _ in
            for i in 0..<count {
                for j in 0...i { products[i * count + j] += block.product(i, j) }
            }
        }
        for i in 0..<count {
            for j in i + 1..<max(count, i + 1) { products[i * count + j] = products[j * count + i] }
        }
        return products
    }

    /// The sum over groups of `weights` times the means, times `factor`.
    func combined(weights: [Double], factor: Double) -> [Float] {
        var result = [Float](repeating: 0, count: dimension)
        for group in 0..<count where weights[group] != 0 {
            let scale = Float(weights[group] * factor) * scales[group]
            let values = sums[group].values
            for index in result.indices { result[index] += scale * values[index] }
        }
        return result
    }

    /// Calls `body` with the means of all groups at some coordinates in a row, up to the last.
    func forEachBlock(_ body: (inout GroupBlock, _ first: Int) -> Void) {
        var block = GroupBlock(groups: count)
        for first in stride(from: 0, to: dimension, by: GroupBlock.width) {
            for group in 0..<count {
                block.fill(group, from: sums[group].values, at: first, scale: scales[group])
            }
            body(&block, first)
        }
    }
}
