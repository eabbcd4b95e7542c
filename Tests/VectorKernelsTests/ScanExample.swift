import Testing
import VectorKernels

/// A random table, query and filters, and what a scan has to find.
struct ScanExample {
    let table: ItemTable
    let query: [Float]
    let filters: [ItemFilter]
    /// Scores of all items as stored.
    let expected: [Double]
    /// Whether the filters let an item be found.
    let allowed: [Bool]

    init(precision: VectorPrecision, using numbers: inout SeededNumbers) throws {
        let dimension = 1 + numbers.below(130)
        let count = numbers.below(1001)
        let hasBiases = numbers.below(2) == 1
        let spread = Float(numbers.below(3))
        var rows: [Float] = []
        for _ in 0..<count {
            let norm = 1 + spread * abs(numbers.normal())
            for _ in 0..<dimension { rows.append(norm * numbers.normal()) }
        }
        let biases = hasBiases ? (0..<count).map { _ in 3 * numbers.normal() } : nil
        let bytes = ItemTable.encode(
            rows: rows, dimension: dimension, biases: biases, precision: precision)
        let padding = [UInt8](repeating: 0, count: 64 * numbers.below(3))
        let table = try ItemTable(
            MappedBytes(copying: padding + bytes), offset: padding.count, count: count,
            dimension: dimension, precision: precision, hasBiases: hasBiases)
        let query = (0..<dimension).map { _ in numbers.normal() }
        var filters: [ItemFilter] = []
        var allowed = [Bool](repeating: true, count: count)
        for _ in 0..<numbers.below(4) {
            var set = ItemBitmap(count: numbers.below(2) == 0 ? count : numbers.below(count + 70))
            let share = numbers.below(101)
            for item in 0..<set.count { set[item] = numbers.below(100) < share }
            let only = numbers.below(2) == 1
            filters.append(only ? .only(set) : .except(set))
            for item in 0..<count {
                let isIn = item < set.count && set[item]
                if isIn != only { allowed[item] = false }
            }
        }
        self.table = table
        self.query = query
        self.filters = filters
        self.allowed = allowed
        expected = (0..<count).map { item in
            zip(table.row(item), query).reduce(Double(table.bias(item))) {
                $0 + Double($1.0) * Double($1.1)
            }
        }
    }

    /// Checks items and scores of a scan for the best `limit`.
    func check(_ scan: TopKScan, limit: Int, _ comment: Comment) {
        let candidates = (0..<table.count).filter { allowed[$0] }
            .sorted { (expected[$0], $1) > (expected[$1], $0) }
        let best = candidates.prefix(limit)
        #expect(scan.items.count == best.count && scan.scores.count == best.count, comment)
        guard scan.items.count == best.count else { return }
        let tolerance = 1e-4 * Double(table.dimension).squareRoot()
        #expect(Set(scan.items).count == best.count, comment)
        #expect(scan.items.allSatisfy { allowed[Int($0)] }, comment)
        var missing = 0
        for (rank, item) in best.enumerated() {
            let score = expected[Int(scan.items[rank])]
            #expect(abs(Double(scan.scores[rank]) - score) < tolerance, comment)
            if score < expected[item] - tolerance { missing += 1 }
        }
        // One lost item moves up all after it.
        if table.precision != .int12 { #expect(missing == 0, comment) }
        for rank in best.indices.dropFirst() {
            let (before, after) = (scan.scores[rank - 1], scan.scores[rank])
            #expect(before > after || before == after && scan.items[rank - 1] < scan.items[rank])
        }
    }
}
