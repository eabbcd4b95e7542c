package import Recommender

/// What others that train on a scenario's data, device by device, need of it.
extension Simulation {
    /// The public items.
    package var items: Catalogue { catalogue }

    /// What each device may train on, by its number.
    package var histories: [[Interaction]] { holdouts.map(\.training) }

    /// Judges a model as the simulation judges its own.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - privateParameters: What training left on each device, by number; those of the first
    ///     devices where the rest take no part.
    /// - Throws: ``SimulationError/nothingToEvaluate``, or ``Interrupted``.
    package func quality(
        of model: some Ranker, privateParameters: [[Float]]
    ) async throws -> RankingQuality {
        let devices = holdouts.prefix(privateParameters.count).enumerated().map {
            SimulatedDevice(number: $0, holdout: $1)
        }
        let evaluator = try Evaluator(
            configuration: scenario.evaluation, split: scenario.evaluationSplit,
            itemCount: catalogue.count, devices: devices,
            parallel: Parallel(threads: scenario.threads), interruption: interruption)
        return try await evaluator.quality(
            of: model, devices: devices, PrivateParameters(privateParameters))
    }
}
