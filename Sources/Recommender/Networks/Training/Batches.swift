internal import Learning

/// The examples of one pass over histories, shuffled.
struct Batches {
    let examples: [Example]
    let size: Int

    /// - Parameters:
    ///   - histories: Whose examples.
    ///   - unit: What an example is; people of fewer than two interactions are none.
    ///   - size: The number of examples of a batch.
    ///   - random: Shuffles.
    init(
        _ histories: Histories, unit: ExampleUnit, size: Int, random: inout SplitMix64
    ) {
        var examples: [Example] = []
        for person in 0..<histories.people {
            switch unit {
            case .interaction:
                for place in 0..<histories.count(of: person) {
                    examples.append(Example(person: person, place: place))
                }
            case .person:
                if histories.count(of: person) > 1 {
                    examples.append(Example(person: person, place: 0))
                }
            }
        }
        for index in examples.indices.dropLast() {
            examples.swapAt(index, index + random.next(below: examples.count - index))
        }
        self.examples = examples
        self.size = max(1, size)
    }

    /// The number of batches.
    var count: Int { (examples.count + size - 1) / size }

    /// The examples of a batch.
    subscript(number: Int) -> ArraySlice<Example> {
        examples[number * size..<min(examples.count, (number + 1) * size)]
    }
}
