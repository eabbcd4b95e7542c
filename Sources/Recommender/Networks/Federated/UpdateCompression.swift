internal import Learning

/// How the change of a network's trained parameters is made smaller before it is summed. All ways are
/// linear, so that the sum of what devices send is what the sum of their changes becomes; the server
/// makes a change of all parameters of it again.
package enum UpdateCompression: Sendable, Hashable {
    /// Everything is sent.
    case none

    /// Rows of an update are projected to so many random directions, others in each round, and the
    /// server moves in these alone: one factor of a low-rank change is drawn and frozen, the other is
    /// trained, as in Sun et al., "Improving LoRA in privacy-preserving federated learning", ICLR 2024.
    case lowRank(Int)

    /// A round is about one of so many parts of the update's rows, the next round about the next part: a
    /// sub-model of a fraction of the parameters. Rows of other rounds count as unchanged.
    case parts(Int)

    /// A count sketch (Charikar, Chen and Farach-Colton, ICALP 2002) of `rows` tables of `columns`
    /// counters; the server takes the `kept` largest changes out of it and keeps the rest for the
    /// rounds to come: Rothchild et al., "FetchSGD", ICML 2020, without its momentum.
    case countSketch(rows: Int, columns: Int, kept: Int)
}

/// A compression at work on updates of one layout.
struct UpdateCode: Sendable {
    let compression: UpdateCompression
    /// The rows and columns of an update in full.
    let (rowCount, width): (Int, Int)
    private let seed: UInt64

    /// - Throws: ``FederatedNetworkError/contradiction(_:)`` where the update is too narrow or small.
    init(
        _ compression: UpdateCompression, of layout: UpdateLayout, seed: UInt64
    ) throws(FederatedNetworkError) {
        self.compression = compression
        self.seed = seed
        (rowCount, width) = (layout.rowCount, layout.width)
        switch compression {
        case .lowRank(let rank) where rank > width:
            throw .contradiction(
                "algorithm.updateRank is \(rank), and rows of an update have \(width) columns; "
                    + "choose fewer")
        case .parts(let parts) where parts > rowCount:
            throw .contradiction(
                "algorithm.updateParts is \(parts), and an update has \(rowCount) rows; choose fewer"
            )
        default: break
        }
    }

    /// Columns of the tables of a sketch that are sent as one row.
    private static let sketchWidth = 16

    /// The rows and columns of what is sent in a round.
    func shape(round: Int) -> (rows: Int, columns: Int) {
        switch compression {
        case .none: (rowCount, width)
        case .lowRank(let rank): (rowCount, rank)
        case .parts(let parts): ((rowCount - 1 - round % parts) / parts + 1, width)
        case .countSketch(let rows, let columns, _):
            ((rows * columns + Self.sketchWidth - 1) / Self.sketchWidth, Self.sketchWidth)
        }
    }

    /// How many numbers the server keeps from round to round, zeros at first.
    var stateCount: Int {
        if case .countSketch(let rows, let columns, _) = compression { rows * columns } else { 0 }
    }

    /// What a device sends of its change.
    func encode(_ change: Statistic, round: Int) -> Statistic {
        switch compression {
        case .none: return change
        case .lowRank(let rank):
            let directions = directions(rank, round: round)
            let full = change.values
            var values = [Float](repeating: 0, count: change.rows.count * rank)
            for row in change.rows.indices {
                for (number, direction) in directions.enumerated() {
                    var sum: Float = 0
                    for column in 0..<width {
                        sum += full[row * width + column] * direction[column]
                    }
                    values[row * rank + number] = sum
                }
            }
            return Statistic(rows: change.rows, width: rank, values: values)
        case .parts(let parts):
            let full = change.values
            var (rows, values): ([Int32], [Float]) = ([], [])
            for (place, row) in change.rows.enumerated() where Int(row) % parts == round % parts {
                rows.append(row / Int32(parts))
                values += full[place * width..<(place + 1) * width]
            }
            return Statistic(rows: rows, width: width, values: values)
        case .countSketch(let rows, let columns, _):
            let shape = shape(round: round)
            let full = change.values
            var values = [Float](repeating: 0, count: shape.rows * shape.columns)
            for (place, row) in change.rows.enumerated() {
                for column in 0..<width {
                    add(
                        full[place * width + column], at: Int(row) * width + column,
                        to: &values, rows: rows, columns: columns)
                }
            }
            return Statistic(
                rows: (0..<shape.rows).map(Int32.init), width: shape.columns, values: values)
        }
    }

    /// The change of all parameters that a sum stands for.
    ///
    /// - Parameters:
    ///   - sum: As ``shape(round:)`` says, row after row.
    ///   - round: The round.
    ///   - state: What the server keeps.
    func decode(_ sum: ArraySlice<Float>, round: Int, state: inout [Float]) -> [Float] {
        switch compression {
        case .none: return Array(sum)
        case .lowRank(let rank):
            let directions = directions(rank, round: round)
            var change = [Float](repeating: 0, count: rowCount * width)
            for row in 0..<rowCount {
                for (number, direction) in directions.enumerated() {
                    let amount = sum[sum.startIndex + row * rank + number]
                    for column in 0..<width {
                        change[row * width + column] += amount * direction[column]
                    }
                }
            }
            return change
        case .parts(let parts):
            var change = [Float](repeating: 0, count: rowCount * width)
            for (place, value) in sum.enumerated() {
                let row = place / width * parts + round % parts
                change[row * width + place % width] = value
            }
            return change
        case .countSketch(let rows, let columns, let kept):
            for (place, value) in sum.prefix(rows * columns).enumerated() {
                state[place] += value
            }
            return takeLargest(kept, of: &state, rows: rows, columns: columns)
        }
    }

    /// Orthonormal directions among the columns of a row.
    private func directions(_ rank: Int, round: Int) -> [[Float]] {
        var random = SplitMix64(seed: seed, stream: 0x4C6F_5241 &+ UInt64(round))
        var directions: [[Double]] = []
        while directions.count < rank {
            var direction = (0..<width).map { _ in Double(random.nextApproximateNormal()) }
            for other in directions {
                let share = zip(direction, other).reduce(0) { $0 + $1.0 * $1.1 }
                for column in 0..<width { direction[column] -= share * other[column] }
            }
            let norm = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
            // One that lies among the others is drawn again.
            if norm > 1e-6 { directions.append(direction.map { $0 / norm }) }
        }
        return directions.map { $0.map { Float($0) } }
    }
}

// The count sketch.
extension UpdateCode {
    /// The counter of a coordinate in a table of the sketch, and its sign there.
    private func counter(
        of coordinate: Int, table: Int, columns: Int
    ) -> (place: Int, sign: Float) {
        var random = SplitMix64(
            seed: seed &+ UInt64(table + 1) &* 0x9E37_79B9_7F4A_7C15, stream: UInt64(coordinate))
        let bits = random.next()
        let column = Int(((bits >> 32) &* UInt64(columns)) >> 32)
        return (table * columns + column, bits & 1 == 0 ? 1 : -1)
    }

    private func add(
        _ value: Float, at coordinate: Int, to sketch: inout [Float], rows: Int, columns: Int
    ) {
        guard value != 0 else { return }
        for table in 0..<rows {
            let (place, sign) = counter(of: coordinate, table: table, columns: columns)
            sketch[place] += sign * value
        }
    }

    /// Takes the coordinates of the largest estimates, the median over the tables, out of a sketch.
    private func takeLargest(
        _ count: Int, of sketch: inout [Float], rows: Int, columns: Int
    ) -> [Float] {
        var estimates = (0..<rowCount * width).map { coordinate in
            let found = (0..<rows).map { table in
                let (place, sign) = counter(of: coordinate, table: table, columns: columns)
                return sign * sketch[place]
            }.sorted()
            return rows % 2 == 1
                ? found[rows / 2] : (found[rows / 2 - 1] + found[rows / 2]) / 2
        }
        let sizes = estimates.map { abs($0) }.sorted(by: >)
        let least = count < sizes.count ? sizes[count] : 0
        for (coordinate, estimate) in estimates.enumerated() {
            if abs(estimate) > least {
                add(-estimate, at: coordinate, to: &sketch, rows: rows, columns: columns)
            } else {
                estimates[coordinate] = 0
            }
        }
        return estimates
    }
}
