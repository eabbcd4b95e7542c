import Learning
import Recommender
import Testing
import VectorKernels

extension NetworkCheck {
    /// Expects every parameter's gradient to agree with differences of the loss along random
    /// directions, and to be there at all unless the parameter is one of `unreached`.
    ///
    /// Float32 rounds losses of some ten terms by 1e-6, hence differences over a step of 0.0003 by
    /// 5e-3. Networks are small enough that the seed leaves no unit near its kink: one that it does
    /// is worth a tenth of a norm.
    func expectCorrectGradients(
        unreached: Set<String> = [], seed: UInt64 = 11,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let step: Float = 0.0003
        let (layout, histories) = (network.layout, histories)
        let tape = Tape(layout, people: histories.people, seed: 0)
        var random = SplitMix64(seed: seed)
        let parameters = layout.parameters(.shared) + layout.parameters(.personal)
        for parameter in parameters {
            let tensor = tape.parameters[parameter]
            let values = (0..<tensor.count).map { _ in random.nextApproximateNormal() * 0.4 }
            tape.memory.write(values[...], to: tensor)
        }
        let examples = [0, 2, 4, 3].enumerated().map { person, place in
            Example(person: person, place: network.unit == .person ? 0 : place)
        }
        func loss() -> Double {
            tape.random = SplitMix64(seed: 5)
            tape.restart(training: true)
            _ = network.addLoss(of: examples[...], in: histories, on: tape)
            return tape.loss
        }
        _ = loss()
        tape.backward()
        let gradients = parameters.map { tape.memory.readGradient(tape.parameters[$0]) }
        for (parameter, gradient) in zip(parameters, gradients) {
            let (name, tensor) = (layout[parameter].name, tape.parameters[parameter])
            let norm = gradient.reduce(0.0) { $0 + Double($1 * $1) }.squareRoot()
            #expect(
                (norm > 1e-3) != unreached.contains(name), "\(name)",
                sourceLocation: sourceLocation)
            let values = tape.memory.read(tensor)
            for _ in 0..<3 {
                let direction = values.map { _ in random.next() & 1 == 0 ? step : -step }
                tape.memory.write(zip(values, direction).map { $0 + $1 }[...], to: tensor)
                let above = loss()
                tape.memory.write(zip(values, direction).map { $0 - $1 }[...], to: tensor)
                let difference = (above - loss()) / Double(2 * step)
                let slope = zip(gradient, direction).reduce(0.0) {
                    $0 + Double($1.0 * $1.1 / step)
                }
                #expect(
                    abs(difference - slope) <= 0.003 * norm + 0.005, "\(name)",
                    sourceLocation: sourceLocation)
            }
            tape.memory.write(values[...], to: tensor)
        }
    }
}
