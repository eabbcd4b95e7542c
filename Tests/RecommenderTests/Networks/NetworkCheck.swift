import Foundation
import Learning
import Recommender
import Testing
import VectorKernels

/// What every network is to do, on a small data set.
struct NetworkCheck<Network: RecommenderNetwork> {
    let network: Network
    let data: SmallData
    let popularity: ItemPopularity?

    init(_ network: Network, on data: SmallData, popularity: ItemPopularity? = nil) {
        self.network = network
        self.data = data
        self.popularity = popularity
    }

    /// The network as it starts.
    var untrained: NetworkModel<Network> {
        NetworkModel(network, shared: network.layout.start(.shared, seed: 1))
    }

    var histories: Histories {
        Histories(data.histories, itemCount: data.itemCount, popularity: popularity)
    }

    /// Expects the loss to fall over some passes, and what people did next to lie on average among
    /// the first `share` of the items that they have not met; `asStrangers` without the private
    /// parameters, which remember too well what was not met.
    @discardableResult func expectLearning(
        passes: Int, rate: Float = 0.01, batchSize: Int = 64, losing: Double = 0.5,
        share: Double = 0.1, asStrangers: Bool = false,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async -> CentralTraining<Network> {
        let training = CentralTraining(
            network, on: histories, .init(optimizer: .adam(rate: rate), batchSize: batchSize))
        let first = await training.pass { _ in }
        var last = first
        for _ in 1..<passes { last = await training.pass { _ in } }
        #expect(last < losing * first, sourceLocation: sourceLocation)
        let model = training.model
        let ranks = data.histories.indices.map {
            data.rank(
                of: $0,
                by: model.scores(
                    history: data.histories[$0],
                    privateParameters: asStrangers ? [] : training.personal($0)))
        }
        let mean = ranks.reduce(0, +) / Double(ranks.count)
        #expect(mean < share, sourceLocation: sourceLocation)
        return training
    }

    /// Expects scores of all items, finite and always the same, from no history, from one
    /// interaction and from many.
    func expectScoresOfAnyHistory(sourceLocation: SourceLocation = #_sourceLocation) {
        let model = untrained
        let personal = network.layout.start(.personal, seed: 3)
        for count in [0, 1, 2, data.histories[0].count] {
            let history = Array(data.histories[0].prefix(count))
            let scores = model.scores(history: history, privateParameters: personal)
            #expect(scores.count == data.itemCount, sourceLocation: sourceLocation)
            #expect(scores.allSatisfy { $0.isFinite }, sourceLocation: sourceLocation)
            _ = model.scores(history: data.histories[1], privateParameters: [])
            #expect(
                model.scores(history: history, privateParameters: personal) == scores,
                sourceLocation: sourceLocation)
        }
    }

    /// Expects the loss of one interaction, of a network that draws no negatives, to be the cross-
    /// entropy of the score that its item has before: nothing of it was given away.
    func expectScoresAsTrained(sourceLocation: SourceLocation = #_sourceLocation) {
        let (layout, model) = (network.layout, untrained)
        let personal = layout.start(.personal, seed: 3)
        let tape = Tape(layout, seed: 0)
        tape.parameters.write(model.shared, .shared)
        tape.parameters.write(personal, .personal)
        for item in stride(from: 15, to: data.itemCount, by: 16) {
            // All at one time, which is all that may be known of what comes next.
            let history = [3, 8, 5, 1, item].map { Interaction(item: $0, timestamp: 7) }
            tape.restart(training: true)
            let terms = network.addLoss(
                of: [Example(person: 0, place: 4)],
                in: Histories([history], itemCount: data.itemCount), on: tape)
            let scores = model.scores(
                history: Array(history.prefix(4)), privateParameters: personal)
            let expected = log1p(exp(-Double(scores[item])))
            #expect(terms == 1, sourceLocation: sourceLocation)
            #expect(abs(tape.loss - expected) < 1e-5, sourceLocation: sourceLocation)
        }
    }

    /// Expects training to go on where people have few interactions or none.
    func expectTrainingOnShortHistories(
        sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        let short = (0..<6).map { Array(data.histories[$0].prefix($0 % 3)) }
        for people in [short, [[]], [short[1]], [short[2]]] {
            let training = CentralTraining(
                network, on: Histories(people, itemCount: data.itemCount), .init(batchSize: 2))
            for _ in 0..<2 {
                let loss = await training.pass { _ in }
                #expect(loss.isFinite, sourceLocation: sourceLocation)
            }
            let shared = training.model.shared
            #expect(shared.allSatisfy { $0.isFinite }, sourceLocation: sourceLocation)
        }
    }

    /// Expects a device to contribute nothing without a history, and something finite with one.
    func expectContributionOfAnyHistory(
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let algorithm = try FederatedNetwork(network, configuration: .init(batchSize: 4))
        let broadcast = algorithm.broadcast(round: 0)
        for count in [0, 1, 2, data.histories[0].count] {
            var personal = algorithm.makePrivateParameters(seed: 1)
            let statistic = algorithm.statistic(
                broadcast, of: Array(data.histories[0].prefix(count)),
                privateParameters: &personal, seed: 2)
            let norm = statistic.squaredNorm
            #expect(norm.isFinite, sourceLocation: sourceLocation)
            #expect(count > 0 || norm == 0, sourceLocation: sourceLocation)
            #expect(count < 3 || norm > 0, sourceLocation: sourceLocation)
            #expect(
                personal.count == network.layout.count(.personal), sourceLocation: sourceLocation)
        }
    }

    /// Expects the private parameters to be these.
    func expectPersonalParameters(
        _ names: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(
            network.layout.parameters(.personal).map { network.layout[$0].name } == names,
            sourceLocation: sourceLocation)
    }
}
