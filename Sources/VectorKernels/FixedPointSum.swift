internal import CVectorKernels

/// A sum of float vectors that does not depend on the order of its terms: each value is rounded to a
/// multiple of `unit` / 2^36, or / 2^21 where it is known to be short, and added up in integers.
public struct FixedPointSum: Sendable {
    private static let (fractionBits, shortFractionBits) = (36, 21)
    /// How many short terms 32 bits hold, each up to 2^21 in magnitude, with room to spare.
    private static let mostRecent = 256

    private let unit: Double
    private var sum: [Int64]
    /// The last short terms, in half the memory to go through; empty before the first.
    private var recent: [Int32] = []
    private var recentCount = 0

    /// A sum of zero. Values may reach 2^14 units in magnitude, and 2^26 units in total.
    public init(count: Int, unit: Double) {
        self.unit = unit
        sum = [Int64](repeating: 0, count: count)
    }

    /// A sum of so many units of 2^-36 in each place.
    package init(units: [Int64], unit: Double) {
        self.unit = unit
        sum = units
    }

    /// Adds `scale` times a set of rows of `width` values each to the rows' places.
    ///
    /// - Precondition: Every row lies within the sum.
    public mutating func add(rows: [Int32], width: Int, values: [Float], scale: Double) {
        precondition(values.count == rows.count * width, "rows of another width")
        let factor = scale * Double(1 << Self.fractionBits) / unit
        let count = sum.count
        sum.withUnsafeMutableBufferPointer { sum in
            values.withUnsafeBufferPointer { values in
                guard let sum = sum.baseAddress, let values = values.baseAddress else { return }
                for (index, row) in rows.enumerated() {
                    let place = Int(row) * width
                    precondition(row >= 0 && place + width <= count, "a row outside the sum")
                    covey_accumulate_fixed(sum + place, values + index * width, factor, width)
                }
            }
        }
    }

    /// Adds `scale` times a set of rows, as ``add(rows:width:values:scale:)``, where no value is
    /// then larger than a unit: faster, and rounded to multiples of `unit` / 2^21.
    ///
    /// - Precondition: Every row lies within the sum.
    public mutating func addShort(rows: [Int32], width: Int, values: [Float], scale: Double) {
        precondition(values.count == rows.count * width, "rows of another width")
        beginShort(rows: rows, width: width)
        covey_accumulate_rows(
            &recent, rows, rows.count, width, values, shortFactor(scale: scale))
    }

    /// Adds `scale` times a set of rows, as ``addShort(rows:width:values:scale:)``, without writing them
    /// out where they have no padding.
    package mutating func addShort(rows: [Int32], combined: CombinedRows, scale: Double) {
        guard combined.width == combined.stride else {
            return addShort(
                rows: rows, width: combined.width, values: combined.values, scale: scale)
        }
        precondition(combined.count == rows.count, "another number of rows")
        beginShort(rows: rows, width: combined.width)
        covey_accumulate_moves(
            &recent, rows, rows.count, combined.weights, combined.vectors, combined.stride,
            combined.vectorCount, shortFactor(scale: scale))
    }

    private mutating func beginShort(rows: [Int32], width: Int) {
        precondition(rows.areAll(below: sum.count / max(1, width)), "a row outside the sum")
        if recent.isEmpty { recent = [Int32](repeating: 0, count: sum.count) }
        if recentCount == Self.mostRecent { takeRecent() }
        recentCount += 1
    }

    private func shortFactor(scale: Double) -> Float {
        Float(scale * Double(1 << Self.shortFractionBits) / unit)
    }

    private mutating func takeRecent() {
        covey_take_recent(
            &sum, &recent, Int32(Self.fractionBits - Self.shortFractionBits), sum.count)
        recentCount = 0
    }

    /// Adds another sum of the same size and unit.
    public mutating func add(_ other: FixedPointSum) {
        precondition(other.sum.count == sum.count && other.unit == unit, "another kind of sum")
        let units = other.units()
        for index in sum.indices { sum[index] &+= units[index] }
    }

    /// The sum in units of 2^-36, the last short terms included.
    package consuming func units() -> [Int64] {
        if recentCount > 0 { takeRecent() }
        return sum
    }

    /// The sum, in the units of its terms.
    public consuming func values() -> [Float] {
        let factor = unit / Double(1 << Self.fractionBits)
        return units().map { Float(Double($0) * factor) }
    }
}
