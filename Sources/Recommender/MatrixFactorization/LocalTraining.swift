package import Learning
internal import Foundation
package import VectorKernels

/// What happens on a device: descent on its own interactions, with sampled negatives.
///
/// Only the rows of the item matrix that the device touches are read. Where there are few batches they are
/// not copied either, as all that a row moves by is a combination of few user vectors; what an epoch of 165
/// interactions with 4 negatives at 64 dimensions then moves through memory is 210 kB of rows, twice in the
/// nearest cache, and as much again in and out of a sum.
package struct LocalTraining: Sendable {
    /// The number of rows of the item matrix.
    package let rowCount: Int
    /// The settings.
    package let configuration: FederatedMatrixFactorization.Configuration

    /// Training on a matrix of `rowCount` rows.
    package init(
        rowCount: Int, configuration: FederatedMatrixFactorization.Configuration
    ) {
        self.rowCount = rowCount
        self.configuration = configuration
    }

    /// The item rows of a history, repeats included; items outside the catalogue are left out.
    package func rows(of history: [Interaction]) -> [Int32] {
        history.lazy.map(\.item).filter { $0 >= 0 && $0 < rowCount }
    }

    /// Examples drawn from a history: the item rows they touch, and their positions among these.
    package struct Draw: Sendable {
        /// The touched rows of the item matrix, each once.
        package var rows: [Int32]
        /// The examples, in positions of `rows`.
        package var examples: Factorization.Examples
    }

    /// Draws `epochs` shuffled passes over the positives, each with its negatives.
    ///
    /// Negatives are uniform over rows that are not positive; where nearly all are, a positive may
    /// slip through after 16 attempts.
    package func draw(
        positives: [Int32], epochs: Int, random: inout SplitMix64
    ) -> Draw {
        let negatives = max(1, configuration.negatives)
        let batch = max(1, configuration.batchSize)
        let total = positives.count * epochs
        var slotOfRow = [Int32](repeating: -1, count: rowCount)
        var rows = [Int32](repeating: 0, count: min(rowCount, total * (negatives + 1)) + 1)
        var slots = [Int32](repeating: 0, count: total * (negatives + 1))
        let found = slotOfRow.withUnsafeMutableBufferPointer { slotOfRow in
            rows.withUnsafeMutableBufferPointer { rows in
                slots.withUnsafeMutableBufferPointer { slots in
                    var numbering = Numbering(slotOfRow: slotOfRow, rows: rows)
                    Self.draw(
                        into: slots, of: positives, total: total, negatives: negatives,
                        batch: batch, numbering: &numbering, random: &random)
                    return Int(numbering.count)
                }
            }
        }
        rows.removeLast(rows.count - found)
        return Draw(
            rows: rows,
            examples: Factorization.Examples(
                positives: total, candidates: negatives + 1, batch: batch, slots: slots))
    }

    /// Rows in the order in which they are first met.
    private struct Numbering {
        let slotOfRow: UnsafeMutableBufferPointer<Int32>
        /// One more than there can be.
        let rows: UnsafeMutableBufferPointer<Int32>
        var count: Int32 = 0

        /// The number of a row. Without branches: whether a row is new cannot be foreseen.
        @inline(__always) mutating func slot(of row: Int) -> Int32 {
            let known = slotOfRow[row]
            rows[Int(count)] = Int32(truncatingIfNeeded: row)
            let slot = known < 0 ? count : known
            slotOfRow[row] = slot
            count &+= known < 0 ? 1 : 0
            return slot
        }
    }

    private static func draw(
        into slots: UnsafeMutableBufferPointer<Int32>, of positives: [Int32], total: Int,
        negatives: Int, batch: Int, numbering: inout Numbering, random: inout SplitMix64
    ) {
        let rowCount = numbering.slotOfRow.count
        var own = positives.map { numbering.slot(of: Int($0)) }
        let ownCount = numbering.count
        var next = 0
        var taken = own.count
        for start in stride(from: 0, to: total, by: batch) {
            let count = min(batch, total - start)
            for _ in 0..<count {
                if taken == own.count {
                    for index in own.indices.dropLast() {
                        own.swapAt(index, index + random.next(below: own.count - index))
                    }
                    taken = 0
                }
                slots[next] = own[taken]
                next &+= 1
                taken &+= 1
            }
            for _ in 0..<count * negatives {
                var row = random.next(below: rowCount)
                var attempts = 0
                while UInt32(bitPattern: numbering.slotOfRow[row]) < UInt32(bitPattern: ownCount),
                    attempts < 16
                {
                    row = random.next(below: rowCount)
                    attempts &+= 1
                }
                slots[next] = numbering.slot(of: row)
                next &+= 1
            }
        }
    }

    /// The user vector padded to the stride of gathered rows, with the 1 that a bias is multiplied
    /// by; zero if `vector` has another length than the model.
    package func padded(_ vector: [Float]) -> [Float] {
        var user = [Float](
            repeating: 0, count: Factorization.stride(for: configuration.width))
        if vector.count == configuration.dimensions {
            for index in vector.indices { user[index] = vector[index] }
        }
        if configuration.itemBias { user[configuration.dimensions] = 1 }
        return user
    }

    /// Fits the user vector to the positives, item rows staying as they are.
    package func fitUser(
        _ user: inout [Float], to positives: [Int32], items: [Float], epochs: Int,
        random: inout SplitMix64
    ) {
        guard epochs > 0, !positives.isEmpty, rowCount > 0 else { return }
        let draw = draw(positives: positives, epochs: epochs, random: &random)
        var rows = Factorization.gather(draw.rows, from: items, width: configuration.width)
        Factorization.descend(
            rows: &rows, user: &user, fixed: fixed, examples: draw.examples,
            settings: settings(itemRate: 0))
    }

    /// Fits the user vector and the touched item rows together.
    ///
    /// - Returns: The touched rows, by how much they changed, and the squared norm of all changes.
    package func train(
        _ user: inout [Float], on positives: [Int32], items: [Float], random: inout SplitMix64
    ) -> (rows: [Int32], changes: Factorization.Changes, squaredNorm: Double) {
        let epochs = configuration.localEpochs
        guard epochs > 0, !positives.isEmpty, rowCount > 0 else { return ([], .values([]), 0) }
        let draw = draw(positives: positives, epochs: epochs, random: &random)
        let (changes, squaredNorm) = Factorization.changes(
            of: draw.rows, in: items, width: configuration.width, user: &user, fixed: fixed,
            examples: draw.examples, settings: settings(itemRate: configuration.deviceLearningRate))
        return (draw.rows, changes, squaredNorm)
    }

    /// The coordinate of a padded user vector that a bias is multiplied by.
    private var fixed: Int? { configuration.itemBias ? configuration.dimensions : nil }

    private func settings(itemRate: Float) -> Factorization.Settings {
        Factorization.Settings(
            softmax: configuration.loss == .sampledSoftmax, itemRate: itemRate,
            userRate: configuration.userLearningRate, userDecay: configuration.userDecay)
    }

    /// The loss that ``train(_:on:items:random:)`` descends on, summed over the examples: a slow
    /// reference.
    package static func loss(
        _ loss: FederatedMatrixFactorization.Loss, rows: [Float], user: [Float],
        examples: Factorization.Examples
    ) -> Double {
        var sum = 0.0
        var start = 0
        for first in stride(from: 0, to: examples.positives, by: examples.batch) {
            let count = min(examples.batch, examples.positives - first)
            for example in 0..<count {
                let scores = (0..<examples.candidates).map { candidate in
                    let slot = Int(examples.slots[start + candidate * count + example])
                    return user.indices.reduce(0.0) {
                        $0 + Double(rows[slot * user.count + $1]) * Double(user[$1])
                    }
                }
                sum += Self.loss(loss, scores: scores)
            }
            start += count * examples.candidates
        }
        return sum
    }

    private static func loss(
        _ loss: FederatedMatrixFactorization.Loss, scores: [Double]
    ) -> Double {
        switch loss {
        case .binaryCrossEntropy:
            scores.enumerated().reduce(0) { sum, candidate in
                let margin = candidate.offset == 0 ? candidate.element : -candidate.element
                return sum + log(1 + exp(-margin))
            }
        case .sampledSoftmax:
            log(scores.reduce(0) { $0 + exp($1) }) - scores[0]
        }
    }
}
