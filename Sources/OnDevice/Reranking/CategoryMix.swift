internal import Foundation

/// The list's mix of categories as it grows, and what ``Calibration`` adds to each score.
///
/// A candidate changes the divergence only in its own categories, and by an amount that depends
/// only on the category and on the candidate's share of it. Each such pair that occurs is weighed
/// once a place, so that a place costs a few logarithms and one addition for each candidate's
/// category.
struct CategoryMix {
    /// Steck's alpha: keeps the divergence finite where the list lacks a category.
    private static let smoothing = 0.01

    /// What is added to each candidate's score at the next place.
    private(set) var adjustments: [Double]
    private let target: [Double]
    private let weight: Double
    /// The distinct pairs of a category of the target and an item's share in it, and how many
    /// candidates have each.
    private var shares: [(category: Int, share: Double)] = []
    private var occurrences: [Double] = []
    /// The pairs of each candidate: `pairs[starts[i]..<starts[i + 1]]`.
    private var pairs: [Int] = []
    private var starts: [Int] = [0]
    private var isCategorised: [Bool] = []
    private let categorisedCount: Double
    /// The placed items' sum of shares in each category, and how many of them have a category.
    private var listed: [Double]
    private var listedCount = 0.0

    /// nil if there is nothing to weigh: no weight, no target, or no candidate with a category.
    ///
    /// The target is normalised to sum to 1; entries that are negative or not finite count as 0.
    init?(_ calibration: Calibration, target: [Double]?, _ pool: CandidatePool) {
        let share = calibration.weight.bounded(to: 0...0.999, notANumber: 0)
        let largest = (target ?? []).reduce(0) { $1.isFinite ? max($0, $1) : $0 }
        guard share > 0, let target, largest > 0 else { return nil }
        let usable = target.map { $0.isFinite && $0 > 0 ? $0 / largest : 0 }
        let total = usable.reduce(0, +)
        self.target = usable.map { $0 / total }
        weight = share / (1 - share) * pool.spread
        listed = [Double](repeating: 0, count: target.count)
        adjustments = []
        categorisedCount = Double(pool.candidates.count { !$0.categories.isEmpty })
        guard categorisedCount > 0 else { return nil }
        index(pool.candidates)
        weigh()
    }

    /// Takes candidate `row` onto the list.
    mutating func place(_ row: Int) {
        guard isCategorised[row] else { return }
        for pair in pairs[starts[row]..<starts[row + 1]] {
            listed[shares[pair].category] += shares[pair].share
        }
        listedCount += 1
        weigh()
    }

    /// Numbers the pairs of category and share that occur.
    private mutating func index(_ candidates: [Candidate]) {
        let most = candidates.reduce(1) { max($0, $1.categories.count) }
        var numbers = [Int](repeating: -1, count: target.count * most)
        for candidate in candidates {
            let categories = candidate.distinctCategories
            for category in categories where target.indices.contains(category) {
                let key = category * most + categories.count - 1
                if numbers[key] < 0 {
                    numbers[key] = shares.count
                    shares.append((category, 1 / Double(categories.count)))
                    occurrences.append(0)
                }
                occurrences[numbers[key]] += 1
                pairs.append(numbers[key])
            }
            starts.append(pairs.count)
            isCategorised.append(!categories.isEmpty)
        }
    }

    /// Works out the divergence of the list with each candidate added, less what is common to all.
    private mutating func weigh() {
        let terms = target.indices.map { term($0, listed[$0]) }
        let changes = shares.map { category, share in
            term(category, listed[category] + share) - terms[category]
        }
        let sum = zip(changes, occurrences).reduce(0) { $0 + $1.0 * $1.1 }
        let mean = sum / categorisedCount
        adjustments = isCategorised.indices.map { row in
            guard isCategorised[row] else { return 0 }
            var change = 0.0
            for index in starts[row]..<starts[row + 1] { change += changes[pairs[index]] }
            return weight * (mean - change)
        }
    }

    /// A category's term of KL(p ‖ q̃) once another item is on the list.
    private func term(_ category: Int, _ sum: Double) -> Double {
        let wanted = target[category]
        guard wanted > 0 else { return 0 }
        let share = sum / (listedCount + 1)
        return wanted * log(wanted / ((1 - Self.smoothing) * share + Self.smoothing * wanted))
    }
}

extension Candidate {
    /// The categories without repeats, in the order given.
    var distinctCategories: [Int] {
        guard categories.count > 1 else { return categories }
        var distinct: [Int] = []
        for category in categories where !distinct.contains(category) { distinct.append(category) }
        return distinct
    }
}
