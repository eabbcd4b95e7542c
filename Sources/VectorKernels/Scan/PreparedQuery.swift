internal import CVectorKernels

/// A query as a scan of a table wants it: padded, and rounded to small integers.
struct PreparedQuery: Sendable {
    /// The query, padded with zeros.
    private(set) var values: [Float] = []
    /// The query divided by ``step`` and rounded, padded with zeros.
    private(set) var rounded: [Int8] = []
    /// The sum of ``rounded``.
    private(set) var sum: Int32 = 0
    private(set) var step: Float = 0
    /// In units of an item's scale, how far the product with ``rounded`` may be from the score.
    private(set) var margin: Float = 0

    /// Prepares `query`, whose values are finite, for tables of a precision.
    ///
    /// With q̂ the rounded query and δ = q - q̂, the scan's product is off by Σ δ x, which Hölder's
    /// inequality bounds by ‖δ‖₁ max|x|. In a table of 12 bits the scan knows the upper four, and
    /// what it leaves out is spread over ±1/2 in each dimension: standard deviation ‖q‖₂ / √12. The
    /// margin there is three of them, so that of items next to the last one found, one in 740 is
    /// lost.
    mutating func prepare(_ query: [Float], for precision: VectorPrecision) {
        let padded = (query.count + 15) / 16 * 16
        values.removeAll(keepingCapacity: true)
        values.append(contentsOf: query)
        values.append(contentsOf: repeatElement(0, count: padded - query.count))
        rounded.removeAll(keepingCapacity: true)
        (sum, step, margin) = (0, 0, 0)
        let itemLevel: Float
        let largest = values.reduce(0) { max($0, abs($1)) }
        switch precision {
        case .float32, .float16: return
        case .int8:
            itemLevel = 127
            // Rounding adds 1/2 to each of four: 126 becomes 128 at most.
            step = max(largest / 127, largestQuad / 126)
        case .int4, .int12:
            itemLevel = 7.5
            step = largest / 127
        }
        if !step.isNormal { step = 0 }
        var (taxicab, rest, squares, restSquares): (Float, Float, Float, Float) = (0, 0, 0, 0)
        for value in values {
            let level = step > 0 ? (value / step).rounded() : 0
            let left = value - level * step
            rounded.append(Int8(level))
            sum += Int32(level)
            taxicab += abs(value)
            rest += abs(left)
            squares += value * value
            restSquares += left * left
        }
        // What sums of floats may round off, in the scan and in the score.
        let rounding = Float(padded + 32) * 0x1p-23 * itemLevel * taxicab
        if precision == .int12 {
            margin = 3 * (squares / 12 + itemLevel * itemLevel * restSquares).squareRoot()
        } else {
            margin = itemLevel * rest
        }
        margin += rounding
    }

    /// The largest sum of magnitudes of one sign among the four values whose products with bytes
    /// are added up in 16 bits; see `scan.h`.
    private var largestQuad: Float {
        var largest: Float = 0
        for start in stride(from: 0, to: values.count, by: 8) {
            for first in [start, start + 2] {
                var (above, below): (Float, Float) = (0, 0)
                for d in [first, first + 1, first + 4, first + 5] {
                    above += max(values[d], 0)
                    below -= min(values[d], 0)
                }
                largest = max(largest, above, below)
            }
        }
        return largest
    }
}

extension PreparedQuery {
    /// A table and this query as C knows them; addresses in it hold within `body`.
    func with<Result>(
        _ table: ItemTable, allowed: UnsafePointer<UInt16>?, _ body: (inout covey_scan) -> Result
    ) -> Result {
        table.withScan { scan in
            values.withUnsafeBufferPointer { values in
                rounded.withUnsafeBufferPointer { rounded in
                    // Stored bytes are 128 more than they stand for, nibbles 8 less 1/2.
                    let isByte = table.precision == .int8
                    scan.allowed = allowed
                    scan.query = values.baseAddress
                    scan.rounded = rounded.baseAddress
                    scan.offset = -(isByte ? 128 : 8) * sum
                    scan.step = step
                    let half = isByte ? 0 : Float(sum) * step / 2
                    scan.upper = half + margin
                    scan.lower = half - margin
                    return body(&scan)
                }
            }
        }
    }
}
