import Datasets
import Recommender

@testable import Simulation

/// A small population, trained with exact sums of clipped contributions: what an attack does where no
/// noise hides it.
struct AdversaryTraining {
    let data: InteractionData
    let holdouts: [Holdout]
    let knowledge: PublicKnowledge

    init(users: Int = 300, items: Int = 200) throws {
        var population = SyntheticPopulation()
        population.users = users
        population.items = items
        population.genres = 6
        population.meanHistoryLength = 25
        population.seed = 5
        data = try population.makeData()
        holdouts = Split.leaveOneOut.holdouts(of: data)
        knowledge = PublicKnowledge(
            catalogue: data.catalogue, histories: holdouts.map(\.training), usesRatings: false)
    }

    /// Trains to the end among the devices of `adversary`, and counts to how many honest people
    /// `target` is shown.
    func exposure<Algorithm: FederatedAlgorithm>(
        of target: Int, after initial: Algorithm, under adversary: Adversary?
    ) -> TargetExposure {
        var algorithm = initial
        var parameters = holdouts.indices.map {
            algorithm.makePrivateParameters(seed: UInt64($0))
        }
        for (round, query) in algorithm.queries.enumerated() where !algorithm.isFinished {
            let broadcast = algorithm.broadcast(round: round)
            var sum = [Float](repeating: 0, count: query.dimension)
            for (device, holdout) in holdouts.enumerated() {
                let seed = UInt64(1000 * round + device)
                let statistic: Statistic
                if let adversary, adversary.devices.contains(device) {
                    statistic = adversary.statistic(
                        of: device, to: algorithm, broadcast, history: holdout.training,
                        query: query, privateParameters: &parameters[device], seed: seed)
                } else {
                    statistic = algorithm.statistic(
                        broadcast, of: holdout.training, privateParameters: &parameters[device],
                        seed: seed)
                }
                let norm = statistic.squaredNorm.squareRoot()
                let dense = statistic.scaled(by: min(1, query.clippingNorm / max(norm, 1e-30)))
                    .dense(dimension: query.dimension)
                for index in sum.indices { sum[index] += dense[index] }
            }
            algorithm.update(
                round: round,
                with: NoisySum(
                    values: sum, noiseStandardDeviation: 0, contributors: holdouts.count))
        }
        let evaluation = RankingEvaluation(itemCount: data.catalogue.count)
        let model = algorithm.model
        var exposure = TargetExposure()
        for (device, holdout) in holdouts.enumerated()
        where adversary?.devices.contains(device) != true {
            let outcome = TargetExposure.outcome(
                of: target,
                scores: model.scores(
                    history: holdout.training, privateParameters: parameters[device]),
                user: device, seen: holdout.training.map(\.item), in: evaluation)
            if let outcome { exposure.add(outcome) }
        }
        return exposure
    }
}
