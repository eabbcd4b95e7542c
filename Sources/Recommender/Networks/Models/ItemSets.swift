import Learning
import VectorKernels

/// The sets of items of some people: the input of autoencoders.
struct ItemSets {
    /// Each person's items in ascending order, each once.
    let items: [[Int32]]

    init(of people: [Int], in histories: Histories) {
        items = people.map { Set(histories($0).map(\.item)).sorted() }
    }

    /// For each person, the sum of the table's rows of the items, over the root of their number:
    /// a dense layer after a vector of ones among zeros that was scaled to length 1.
    ///
    /// - Parameter dropout: The probability that an item is left out in training, the others
    ///   growing in turn.
    func normalizedSums(of table: Parameter, dropout: Float, on tape: Tape) -> Tensor {
        let rate = tape.isTraining ? dropout : 0
        let lists = items.map {
            $0.map { rate > 0 && tape.random.nextUniform() < rate ? -1 : $0 }
        }
        let factors = items.map { 1 / (Float(max(1, $0.count)).squareRoot() * (1 - rate)) }
        return RowLists(lists, on: tape).sums(of: table, factors: factors, on: tape)
    }
}
