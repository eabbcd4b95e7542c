internal import Learning

/// Training on everybody's histories, without privacy: the reference that federated training is
/// measured by, and the proof that a network is right.
///
/// A batch is divided among two lanes, each with its own tape; their gradients are added in the
/// order of the lanes, so that results do not depend on the number of threads.
package final class CentralTraining<Network: RecommenderNetwork> {
    // A lane's tape is used by one task of a batch, and between batches by the caller alone.
    private struct Lane: @unchecked Sendable { let tape: Tape }

    private let network: Network
    private let histories: Histories
    private let configuration: CentralTrainingConfiguration
    private let lanes: [Lane]
    private let descent: Descent
    private var random: SplitMix64

    /// A training before its first pass.
    ///
    /// - Parameters:
    ///   - network: The network.
    ///   - histories: Everybody's.
    ///   - configuration: The settings.
    ///   - start: What parameters start as; nil for the network's own start.
    package init(
        _ network: Network, on histories: Histories, _ configuration: CentralTrainingConfiguration,
        from start: NetworkValues? = nil
    ) {
        self.network = network
        self.histories = histories
        self.configuration = configuration
        lanes = (0..<2).map { lane in
            Lane(
                tape: Tape(
                    network.layout, people: histories.people,
                    seed: configuration.seed &+ UInt64(lane)))
        }
        descent = Descent(
            configuration.optimizer, schedule: configuration.schedule, on: lanes[0].tape,
            movesAllRows: configuration.movesAllRows)
        random = SplitMix64(seed: configuration.seed, stream: 3)
        let shared =
            start?.shared ?? network.layout.start(.shared, seed: configuration.seed)
        for lane in lanes {
            lane.tape.parameters.write(shared, .shared)
            for person in 0..<histories.people {
                lane.tape.parameters.write(
                    start?.personal[person]
                        ?? network.startOfPerson(person, seed: configuration.seed), .personal,
                    person: person)
            }
        }
    }

    /// Goes through all examples once.
    ///
    /// - Parameter progress: Called before each batch with the share that is done; what it throws
    ///   ends the pass between two batches.
    /// - Returns: The mean loss.
    package func pass(progress: (Double) throws -> Void = { _ in }) async rethrows -> Double {
        let batches = Batches(
            histories, unit: network.unit, size: configuration.batchSize, random: &random)
        var sum = (loss: 0.0, terms: 0)
        for number in 0..<batches.count {
            try progress(Double(number) / Double(batches.count))
            let part = await addGradients(of: batches[number])
            sum.loss += part.loss
            sum.terms += part.terms
            for lane in lanes.dropFirst() {
                lanes[0].tape.parameters.takeGradients(of: lane.tape.parameters)
            }
            descent.step(
                scale: 1 / Float(max(1, part.terms)),
                followers: lanes.dropFirst().map(\.tape.parameters))
        }
        return sum.loss / Double(max(1, sum.terms))
    }

    private func addGradients(
        of batch: ArraySlice<Example>
    ) async -> (loss: Double, terms: Int) {
        let size = (batch.count + lanes.count - 1) / lanes.count
        return await withTaskGroup(of: (loss: Double, terms: Int).self) { group in
            for (number, lane) in lanes.enumerated() {
                let first = min(batch.endIndex, batch.startIndex + number * size)
                let part = batch[first..<min(batch.endIndex, first + size)]
                group.addTask { [network, histories] in
                    network.addGradient(of: part, in: histories, on: lane.tape)
                }
            }
            return await group.reduce((0, 0)) { ($0.0 + $1.loss, $0.1 + $1.terms) }
        }
    }

    /// The model as it is now.
    package var model: NetworkModel<Network> {
        NetworkModel(network, shared: shared, popularity: histories.popularity)
    }

    /// All parameters as they are now.
    package var values: NetworkValues {
        NetworkValues(shared: shared, personal: (0..<histories.people).map(personal))
    }

    private var shared: [Float] { lanes[0].tape.parameters.read(.shared) }

    /// A person's private parameters as they are now.
    package func personal(_ person: Int) -> [Float] {
        lanes[0].tape.parameters.read(.personal, person: person)
    }
}
