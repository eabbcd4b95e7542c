import Learning
import VectorKernels

/// Training and ranking by networks that score each pair of a request and an item apart.
struct PairScoring: Sendable {
    /// What goes in.
    let fields: FieldEmbeddings
    /// The most items of a history that are looked at, the latest.
    let length: Int
    /// Items drawn against each interaction.
    let negatives: Int

    /// Some pairs.
    struct Inputs {
        /// All requests.
        let requests: Requests
        /// The request of each pair, by its number.
        let rows: [Int32]
        /// The item of each pair.
        let items: [Int32]
        /// The vectors of each pair's fields side by side, one row for each.
        let vectors: Tensor
    }

    /// Adds the cross-entropy of interactions and of items drawn against them.
    ///
    /// - Parameters:
    ///   - examples: The interactions.
    ///   - histories: Whose they are.
    ///   - tape: Takes the loss.
    ///   - logits: One for each pair.
    /// - Returns: How many terms the loss has.
    func addLoss(
        of examples: ArraySlice<Example>, in histories: Histories, on tape: Tape,
        logits: (Inputs) -> Tensor
    ) -> Int {
        let requests = Requests(before: examples, in: histories, length: length)
        let pairs = Pairs(of: examples, negatives: negatives, in: histories, on: tape)
        let items = (0..<pairs.items.count).map { tape.memory[pairs.items, $0] }
        let rows = items.indices.map { Int32($0 / (1 + negatives)) }
        let vectors = fields.pairs(
            items, requests: fields.requests(requests, on: tape), rows: rows, on: tape)
        let logits = logits(
            Inputs(requests: requests, rows: rows, items: items, vectors: vectors))
        tape.addCrossEntropy(logits, labels: pairs.labels, scale: 1)
        return items.count
    }

    /// The scores of all items right after a person's last interaction.
    func scores(
        of person: Int, in histories: Histories, on tape: Tape, logits: (Inputs) -> Tensor
    ) -> Tensor {
        let requests = Requests(after: person, in: histories, length: length)
        let known = fields.requests(requests, on: tape)
        return tape.scores(itemCount: histories.itemCount) { range in
            let items = range.map(Int32.init)
            let rows = [Int32](repeating: 0, count: items.count)
            let vectors = fields.pairs(items, requests: known, rows: rows, on: tape)
            return logits(
                Inputs(requests: requests, rows: rows, items: items, vectors: vectors))
        }
    }
}
