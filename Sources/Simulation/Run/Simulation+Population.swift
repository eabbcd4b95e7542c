package import Recommender

/// What others that train on a scenario's data, device by device, need of it.
extension Simulation {
    /// The public items.
    package var items: Catalogue { catalogue }

    /// The number of devices.
    package var deviceCount: Int { population.count }

    /// What a device may train on.
    package func history(of device: Int) -> [Interaction] { population[device].training }

    /// What each device may train on, by its number.
    var histories: [[Interaction]] { (0..<population.count).map { population[$0].training } }

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
        let population = population.prefix(privateParameters.count)
        let parameters = try PrivateParameters(count: population.count) { privateParameters[$0] }
        guard
            let quality = try await makeEvaluator(
                population, judged: Array(0..<population.count)
            ).judgement(of: model, population: population, parameters)?.quality
        else { throw SimulationError.nothingToEvaluate }
        return quality
    }
}
