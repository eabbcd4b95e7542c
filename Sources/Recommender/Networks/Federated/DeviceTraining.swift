import Learning
internal import VectorKernels

/// What happens on a device: stochastic gradient descent on its own history.
struct DeviceTraining<Network: RecommenderNetwork>: Sendable {
    let network: Network
    let configuration: FederatedNetworkConfiguration
    let frozen: Set<Parameter>

    init(
        _ network: Network, configuration: FederatedNetworkConfiguration, frozen: Set<Parameter>
    ) {
        self.network = network
        self.configuration = configuration
        self.frozen = frozen
    }

    /// Fits the private parameters, then all that are not frozen.
    ///
    /// - Parameters:
    ///   - tape: Holds the broadcast and the private parameters.
    ///   - histories: The device's own.
    ///   - shared: The broadcast.
    func train(_ tape: Tape, on histories: Histories, from shared: [Float]) {
        fitPersonal(tape, to: histories, epochs: configuration.personalEpochs)
        pass(
            tape, over: histories, epochs: configuration.localEpochs, freezing: frozen
        ) {
            guard configuration.proximalWeight > 0 else { return }
            tape.parameters.pull(
                towards: shared,
                by: min(1, configuration.deviceLearningRate * configuration.proximalWeight))
        }
    }

    /// Fits the private parameters alone.
    func fitPersonal(_ tape: Tape, to histories: Histories, epochs: Int) {
        guard network.layout.count(.personal) > 0 else { return }
        pass(
            tape, over: histories, epochs: epochs,
            freezing: Set(network.layout.parameters(.shared)))
    }

    private func pass(
        _ tape: Tape, over histories: Histories, epochs: Int, freezing frozen: Set<Parameter>,
        afterStep: () -> Void = {}
    ) {
        let descent = Descent(
            .descent(rate: 1), on: tape, freezing: frozen, rates: rates)
        for _ in 0..<epochs {
            let batches = Batches(
                histories, unit: network.unit, size: configuration.batchSize,
                random: &tape.random)
            for number in 0..<batches.count {
                let (_, terms) = network.addGradient(
                    of: batches[number], in: histories, on: tape)
                descent.step(
                    scale: 1 / Float(max(1, terms)),
                    clippingNorm: configuration.gradientNorm > 0
                        ? configuration.gradientNorm : nil)
                afterStep()
            }
        }
    }

    private var rates: [Parameter: Float] {
        let shared = network.layout.parameters(.shared).map {
            ($0, configuration.deviceLearningRate)
        }
        let personal = network.layout.parameters(.personal).map {
            ($0, configuration.personalLearningRate)
        }
        return Dictionary(uniqueKeysWithValues: shared + personal)
    }
}
