internal import Foundation
import Recommender

/// Membership inference on a released model: a likelihood ratio of a person's own items, without
/// training any model of the attacker's own. From each half of the items it ranks the catalogue as
/// the device would, and asks how much likelier the model makes the other half than popularity
/// does. People whose data the model has seen score higher the more of it the model remembers.
struct MembershipAttacker<Algorithm: FederatedAlgorithm>: Sendable {
    let training: Training<Algorithm>
    /// The algorithm at the end of the training.
    let algorithm: Algorithm

    /// A score for each device; higher speaks for membership, 0 where there are no items to tell.
    func scores(of population: Population) async throws -> [Double] {
        let model = algorithm.model
        let popularity = training.evaluator.popularity.map { Double($0) + 1 }
        let total = popularity.reduce(0, +)
        let reference = popularity.map { log($0 / total) }
        return try await training.parallel.map(population.count) { index in
            try training.interruption.check()
            let items = population[index].training
            let halves = [0, 1].map { half in
                items.enumerated().filter { $0.offset % 2 == half }.map(\.element)
            }
            guard !halves[1].isEmpty else { return 0 }
            return zip(halves, halves.reversed()).reduce(0.0) { score, halves in
                score + ratio(of: halves.1, knowing: halves.0, model, reference)
            } / Double(items.count)
        }
    }

    /// The sum over `items` of the logarithm of their likelihood under the model over that under
    /// the reference.
    private func ratio(
        of items: [Interaction], knowing history: [Interaction], _ model: Algorithm.Model,
        _ reference: [Double]
    ) -> Double {
        var parameters = algorithm.makePrivateParameters(seed: 0)
        if !parameters.isEmpty {
            // The attacker adapts the model to the person as a device would.
            _ = algorithm.statistic(
                algorithm.broadcast(round: algorithm.queries.count - 1), of: history,
                privateParameters: &parameters, seed: 0)
        }
        let scores = model.scores(history: history, privateParameters: parameters).map {
            Double($0)
        }
        let mean = scores.reduce(0, +) / Double(scores.count)
        let variance = scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(scores.count)
        let scale = variance > 0 ? 1 / variance.squareRoot() : 0
        let logits = scores.map { ($0 - mean) * scale }
        let normaliser = log(logits.reduce(0) { $0 + exp($1) })
        return items.reduce(0.0) { sum, interaction in
            let item = Int(interaction.item)
            return sum + logits[item] - normaliser - reference[item]
        }
    }
}
