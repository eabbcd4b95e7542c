internal import Sodium

/// Draws positions with probability proportional to weights, in constant time (Walker 1977, in the form of
/// Vose 1991).
struct AliasTable {
    private struct Cell {
        var position: UInt32
        var alias: UInt32
        /// The position is taken where 32 random bits are below it, else the alias.
        var threshold: UInt32
    }

    private var cells: [Cell] = []

    /// Positions of weight 0 take no room.
    init(_ weights: [Float]) {
        let total = weights.reduce(0.0) { $0 + Double($1) }
        guard total > 0 else { return }
        let positions = weights.indices.filter { weights[$0] > 0 }
        var rest = positions.map { Double(weights[$0]) * Double(positions.count) / total }
        cells = positions.map { Cell(position: UInt32($0), alias: UInt32($0), threshold: .max) }
        var small = rest.indices.filter { rest[$0] < 1 }
        var large = rest.indices.filter { rest[$0] >= 1 }
        while let low = small.last, let high = large.last {
            small.removeLast()
            cells[low].alias = cells[high].position
            cells[low].threshold = UInt32(rest[low] * 0x1p32)
            rest[high] -= 1 - rest[low]
            if rest[high] < 1 {
                large.removeLast()
                small.append(high)
            }
        }
    }

    /// A random position; nil if no weight is above 0.
    func draw(_ randomness: inout SeededRandomness) -> Int? {
        guard !cells.isEmpty else { return nil }
        // One draw does for both: the product's high half chooses the cell, its low half is uniform in it.
        let (cell, rest) = UInt64(cells.count).multipliedFullWidth(by: randomness.next())
        let chosen = cells[Int(cell)]
        return Int(rest >> 32 < chosen.threshold ? chosen.position : chosen.alias)
    }
}
