/// The rules of a list, with what the items on it and the pinned ones have used of them.
struct RuleState {
    /// The candidates that may not be chosen freely: pinned, or against a rule that always holds.
    private(set) var isBarred: [Bool]
    private let candidates: [Candidate]
    /// The pinned candidates still to come, by position.
    private var pins: [(position: Int, row: Int)] = []
    private var pinned: Set<Int> = []
    /// The greatest number of items of a category, where it is not `mostOfEach`.
    private var most: [Int: Int] = [:]
    private var mostOfEach = Int.max
    /// The least number of items of a category.
    private var least: [Int: Int] = [:]
    /// The groups of which at most one item may be listed.
    private var groups: [Set<Int32>] = []
    /// How many items of each category are on the list or pinned.
    private var counts: [Int: Int] = [:]
    private let isFree: Bool

    /// The rules as they apply to a list of `limit` of the pool's candidates.
    init(_ rules: [BusinessRule], _ pool: CandidatePool, limit: Int) {
        candidates = pool.candidates
        isBarred = [Bool](repeating: false, count: pool.count)
        isFree = rules.isEmpty
        guard !isFree else { return }
        var wishes: [(item: Int32, position: Int)] = []
        for rule in rules {
            switch rule {
            case .atMost(let count, let category):
                most[category] = min(most[category] ?? .max, count)
            case .atMostOfEach(let count):
                mostOfEach = min(mostOfEach, count)
            case .atLeast(let share, let category):
                let share = share.bounded(to: 0...1, notANumber: 0)
                // 0.1 · 30 is a little over 3 in binary; that is 3 items, not 4.
                let count = Int((share * Double(limit) - 1e-9).rounded(.up))
                least[category] = max(least[category] ?? 0, count)
            case .pinned(let item, let position):
                wishes.append((item, position))
            case .neverTogether(let items):
                groups.append(items)
            }
        }
        for (category, count) in least { least[category] = min(count, allowance(of: category)) }
        for (row, candidate) in candidates.enumerated() {
            isBarred[row] = candidate.categories.contains { allowance(of: $0) <= 0 }
        }
        pin(wishes, limit: limit)
    }

    /// The candidate pinned at a position, which is thereby no longer to come.
    mutating func takePin(at position: Int) -> Int? {
        guard let first = pins.first, first.position <= position else { return nil }
        return takeNextPin()
    }

    /// The pinned candidate of the first position, which is thereby no longer to come.
    mutating func takeNextPin() -> Int? { pins.isEmpty ? nil : pins.removeFirst().row }

    /// Takes note that a candidate is on the list.
    mutating func place(_ row: Int) {
        guard !isFree, !pinned.contains(row) else { return }
        count(row)
    }

    /// Those of the candidates that may come next, once the least shares are thought of.
    ///
    /// - Parameters:
    ///   - free: Candidates that are neither placed nor barred.
    ///   - openPlaces: How many places the list has left, those of pinned items included.
    func narrowed(_ free: [Int], openPlaces: Int) -> [Int] {
        guard !least.isEmpty else { return free }
        var wanted: [Int: Int] = [:]
        for (category, count) in least {
            let left = free.count { candidates[$0].categories.contains(category) }
            let missing = min(count - counts[category, default: 0], left)
            if missing > 0 { wanted[category] = missing }
        }
        guard wanted.values.reduce(0, +) >= openPlaces - pins.count else { return free }
        let serving = free.filter { row in
            candidates[row].categories.contains { wanted[$0] != nil }
        }
        return serving.isEmpty ? free : serving
    }

    /// The greatest number of items of a category.
    private func allowance(of category: Int) -> Int { min(most[category] ?? .max, mostOfEach) }

    /// Pins what can be, in the order of positions and then of the rules.
    private mutating func pin(_ wishes: [(item: Int32, position: Int)], limit: Int) {
        let inside = wishes.filter { (0..<limit).contains($0.position) }
        // Sorting by offset too keeps the order of the rules among equal positions.
        let ordered = inside.enumerated().sorted {
            ($0.element.position, $0.offset) < ($1.element.position, $1.offset)
        }
        for (_, wish) in ordered {
            let position = max(wish.position, (pins.last?.position ?? -1) + 1)
            guard position < limit,
                let row = candidates.firstIndex(where: { $0.item == wish.item }), !isBarred[row]
            else { continue }
            pins.append((position, row))
            pinned.insert(row)
            isBarred[row] = true
            count(row)
        }
    }

    /// Counts a candidate in its categories and bars what can no longer come with it.
    private mutating func count(_ row: Int) {
        let categories = candidates[row].distinctCategories
        for category in categories { counts[category, default: 0] += 1 }
        let full = categories.filter { counts[$0, default: 0] >= allowance(of: $0) }
        let item = candidates[row].item
        let joined = groups.filter { $0.contains(item) }
        guard !full.isEmpty || !joined.isEmpty else { return }
        for (other, candidate) in candidates.enumerated() where !isBarred[other] {
            isBarred[other] =
                candidate.categories.contains { full.contains($0) }
                || joined.contains { $0.contains(candidate.item) }
        }
    }
}
