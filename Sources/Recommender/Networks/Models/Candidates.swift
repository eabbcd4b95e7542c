internal import Foundation
import Learning
import VectorKernels

/// What the items of some examples are told apart from: each other, and items that are drawn for all
/// examples together.
struct Candidates {
    /// All of them, each once.
    let items: [Int32]
    private let targets: [Int32]
    private let logRates: Tensor

    /// - Parameters:
    ///   - examples: The interactions.
    ///   - count: How many items are drawn.
    ///   - histories: Whose interactions they are; what a person has met is no negative of theirs.
    ///     Their popularity, where it is known, makes up for what is popular being there more often.
    ///   - tape: Draws.
    init(
        of examples: ArraySlice<Example>, drawing count: Int,
        in histories: Histories, on tape: Tape
    ) {
        let own = examples.map { histories.item(Int($0.place), of: Int($0.person)) }
        let drawn = (0..<count).map { _ in histories.draw(&tape.random) }
        let distinct = DistinctItems(own + drawn)
        items = distinct.items
        targets = distinct.rows(of: own)
        logRates = tape.constant(0, rows: examples.count, columns: items.count)
        for (column, item) in items.enumerated() {
            let rate = histories.popularity.map {
                Self.logRate(
                    share: $0.shares[Int(item)], examples: examples.count,
                    drawShare: $0.drawShares[Int(item)], drawn: count)
                    - $0.correction.negativeExponent * log($0.shares[Int(item)])
            }
            for (row, example) in examples.enumerated() {
                let isMet =
                    own[row] != item
                    && histories.contains(item, person: Int(example.person))
                tape.memory[logRates, row, column] = isMet ? Tape.shutOut : rate ?? 0
            }
        }
    }

    /// Adds the cross-entropy of each example's softmax over all candidates.
    func addLoss(_ logits: Tensor, on tape: Tape) {
        tape.addSoftmaxCrossEntropy(
            tape.sum(logits, logRates, scale: -1), targets: tape.keep(targets),
            runs: tape.runs(ofLengths: targets.map { _ in 1 }), scale: 1)
    }

    /// The logarithm of the probability that an item is among the candidates, each of which is
    /// there once however often it is drawn: Yi et al., "Sampling-bias-corrected neural modeling for
    /// large corpus item recommendations", RecSys 2019, equation 3.
    private static func logRate(
        share: Float, examples: Int, drawShare: Float, drawn: Int
    ) -> Float {
        let logAbsence =
            Double(examples) * log1p(-Double(min(share, 0.999)))
            + Double(drawn) * log1p(-Double(min(drawShare, 0.999)))
        // An item of share 0 has a log rate of -∞, and its corrected logit would be infinite.
        return Float(log(max(-expm1(logAbsence), 1e-6)))
    }
}
