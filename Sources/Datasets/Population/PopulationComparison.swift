/// A data set and a population sampled from a model of it, side by side.
package struct PopulationComparison: Sendable, Hashable, Codable {
    package var fitted: PopulationStatistics
    package var generated: PopulationStatistics
    /// The largest distance between the distributions of history lengths (Kolmogorov and Smirnov).
    package var lengthDistance: Double
    /// Spearman's correlation of how often the items occur.
    package var popularityCorrelation: Double
    /// The share of interactions that would have to be with another item for the items to occur equally
    /// often in both (the total variation distance).
    package var popularityDistance: Double

    /// Compares figures of two populations over the same catalogue.
    package init(fitted: PopulationStatistics, generated: PopulationStatistics) {
        self.fitted = fitted
        self.generated = generated
        lengthDistance = Self.distance(fitted.lengths, generated.lengths)
        popularityCorrelation = Self.rankCorrelation(fitted.itemCounts, generated.itemCounts)
        let totals = [fitted, generated].map { Double(max($0.interactions, 1)) }
        popularityDistance =
            zip(fitted.itemCounts, generated.itemCounts).reduce(0) {
                $0 + abs(Double($1.0) / totals[0] - Double($1.1) / totals[1])
            } / 2
    }

    /// Compares a data set with a population sampled from a model of it, of which as many people are
    /// looked at as the data set has, and at most `limit` of either.
    ///
    /// - Parameter step: Called now and then; what it throws ends it.
    package init(
        fitted: InteractionColumns, generated: InteractionColumns, people limit: Int = 20_000,
        step: () throws -> Void = {}
    ) rethrows {
        // Item-to-item rankers live from how many people there are.
        let people = min(limit, fitted.count, generated.count)
        self.init(
            fitted: try PopulationStatistics(of: fitted, people: people, step: step),
            generated: try PopulationStatistics(of: generated, people: people, step: step))
    }

    private static func distance(_ first: [Int], _ second: [Int]) -> Double {
        guard !first.isEmpty, !second.isEmpty else { return 0 }
        var (one, two, largest) = (0, 0, 0.0)
        while one < first.count, two < second.count {
            let value = min(first[one], second[two])
            while one < first.count, first[one] == value { one += 1 }
            while two < second.count, second[two] == value { two += 1 }
            largest = max(
                largest,
                abs(Double(one) / Double(first.count) - Double(two) / Double(second.count)))
        }
        return largest
    }

    private static func rankCorrelation(_ first: [Int], _ second: [Int]) -> Double {
        let (one, two) = (ranks(first), ranks(second))
        let mean = Double(first.count - 1) / 2
        var (product, squares, others) = (0.0, 0.0, 0.0)
        for (x, y) in zip(one, two) {
            product += (x - mean) * (y - mean)
            squares += (x - mean) * (x - mean)
            others += (y - mean) * (y - mean)
        }
        let scale = (squares * others).squareRoot()
        return scale > 0 ? product / scale : 1
    }

    /// The rank of each value from 0; equal ones share the mean of theirs.
    private static func ranks(_ values: [Int]) -> [Double] {
        let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
        var result = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            let end =
                order[start...].firstIndex { values[$0] != values[order[start]] } ?? order.count
            for place in start..<end { result[order[place]] = Double(start + end - 1) / 2 }
            start = end
        }
        return result
    }
}
