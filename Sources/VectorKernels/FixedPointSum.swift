internal import CVectorKernels

/// A sum of float vectors that does not depend on the order of its terms: each value is rounded to a
/// multiple of `unit` / 2^36 and added up in 64-bit integers.
public struct FixedPointSum: Sendable {
    private static let fractionBits = 36
    private let unit: Double
    private var sum: [Int64]

    /// A sum of zero. Values may reach 2^14 units in magnitude, and 2^26 units in total.
    public init(count: Int, unit: Double) {
        self.unit = unit
        sum = [Int64](repeating: 0, count: count)
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

    /// Adds another sum of the same size and unit.
    public mutating func add(_ other: FixedPointSum) {
        precondition(other.sum.count == sum.count && other.unit == unit, "another kind of sum")
        for index in sum.indices { sum[index] &+= other.sum[index] }
    }

    /// The sum, in the units of its terms.
    public var values: [Float] {
        let factor = unit / Double(1 << Self.fractionBits)
        return sum.map { Float(Double($0) * factor) }
    }
}
