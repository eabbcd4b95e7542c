internal import Foundation

/// Exact tails of the hypergeometric distribution in log space.
struct HypergeometricTails {
    private let logFactorial: [Double]

    init(largest: Int) {
        var table = [0.0]
        table.reserveCapacity(largest + 1)
        for number in 1...max(largest, 1) { table.append(table[number - 1] + log(Double(number))) }
        logFactorial = table
    }

    private func logChoose(_ n: Int, _ k: Int) -> Double {
        logFactorial[n] - logFactorial[k] - logFactorial[n - k]
    }

    /// The natural logarithm of P[X >= `least`], X counting the marked among `draws` of
    /// `population`.
    func logAtLeast(_ least: Int, population: Int, marked: Int, draws: Int) -> Double {
        let lowest = max(least, draws - (population - marked), 0)
        var tail = -Double.infinity
        for count in stride(from: min(marked, draws), through: lowest, by: -1) {
            tail = logSum(tail, logMass(count, population, marked, draws))
        }
        return tail
    }

    /// The smallest number that X reaches with a probability whose logarithm is at most `bound`.
    func smallestCount(
        reachedWithLog bound: Double, population: Int, marked: Int, draws: Int
    ) -> Int {
        let lowest = max(draws - (population - marked), 0)
        var tail = -Double.infinity
        for count in stride(from: min(marked, draws), through: lowest, by: -1) {
            tail = logSum(tail, logMass(count, population, marked, draws))
            if tail > bound { return count + 1 }
        }
        return lowest
    }

    private func logMass(_ count: Int, _ population: Int, _ marked: Int, _ draws: Int) -> Double {
        logChoose(marked, count) + logChoose(population - marked, draws - count)
            - logChoose(population, draws)
    }

    private func logSum(_ left: Double, _ right: Double) -> Double {
        let (low, high) = (min(left, right), max(left, right))
        return low == -.infinity ? high : high + log1p(exp(low - high))
    }
}
