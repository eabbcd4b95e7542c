package import Learning

extension RecommenderNetwork {
    /// Adds the gradient of the examples' loss to the tape's parameters, a chunk at a time.
    ///
    /// - Returns: The loss and its number of terms.
    package func addGradient(
        of examples: ArraySlice<Example>, in histories: Histories, on tape: Tape
    ) -> (loss: Double, terms: Int) {
        var sum = (loss: 0.0, terms: 0)
        for first in stride(from: examples.startIndex, to: examples.endIndex, by: chunk) {
            tape.restart(training: true)
            sum.terms += addLoss(
                of: examples[first..<min(examples.endIndex, first + chunk)], in: histories,
                on: tape)
            tape.backward()
            sum.loss += tape.loss
        }
        return sum
    }
}
