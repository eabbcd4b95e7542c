import Learning
import VectorKernels

/// Pairs of a person and an item with labels: each interaction of a batch, and items drawn against
/// it.
struct Pairs {
    let people: RowNumbers
    let items: RowNumbers
    /// 1 for an interaction, else 0: one column.
    let labels: Tensor

    init(
        of examples: ArraySlice<Example>, negatives: Int, in histories: Histories, on tape: Tape
    ) {
        let count = examples.count * (1 + negatives)
        people = tape.memory.makeRows(count)
        items = tape.memory.makeRows(count)
        labels = tape.constant(0, rows: count, columns: 1)
        var row = 0
        for example in examples {
            let person = Int(example.person)
            tape.memory[labels, row, 0] = 1
            tape.memory[items, row] = histories.item(Int(example.place), of: person)
            for negative in row + 1..<row + 1 + negatives {
                tape.memory[items, negative] = histories.negative(
                    for: person, random: &tape.random)
            }
            for pair in row..<row + 1 + negatives { tape.memory[people, pair] = example.person }
            row += 1 + negatives
        }
    }
}
