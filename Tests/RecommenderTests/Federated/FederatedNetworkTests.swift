import Learning
import Recommender
import Testing
import VectorKernels

struct FederatedNetworkTests {
    private static let itemCount = 24

    /// People of two tastes, each for half of the catalogue.
    private static let histories: [[Interaction]] = (0..<30).map { person in
        var random = SplitMix64(seed: UInt64(person))
        return (0..<12).map {
            Interaction(item: person % 2 * 12 + random.next(below: 12), timestamp: Int64($0))
        }
    }

    private func makeAlgorithm(
        _ change: (inout FederatedNetworkConfiguration) -> Void = { _ in }
    ) throws -> FederatedNetwork<NeuralCollaborativeFiltering> {
        var configuration = FederatedNetworkConfiguration(
            rounds: 20, deviceLearningRate: 0.5, personalLearningRate: 0.5,
            server: .momentum(rate: 1, momentum: 0), clippingNorm: 10, seed: 3)
        change(&configuration)
        return try FederatedNetwork(
            NeuralCollaborativeFiltering(
                itemCount: Self.itemCount,
                configuration: .init(factors: 4, layers: 2, negatives: 2)),
            configuration: configuration)
    }

    private func contribution<N>(
        _ algorithm: FederatedNetwork<N>, person: Int = 0, seed: UInt64 = 7
    ) -> (statistic: Statistic, personal: [Float]) {
        var personal = algorithm.makePrivateParameters(seed: UInt64(person))
        let statistic = algorithm.statistic(
            algorithm.broadcast(round: 0), of: Self.histories[person],
            privateParameters: &personal, seed: seed)
        return (statistic, personal)
    }

    /// Rounds of everybody with exact sums; the private parameters afterwards.
    private func train<N>(_ algorithm: inout FederatedNetwork<N>, rounds: Int) -> [[Float]] {
        var personal = Self.histories.indices.map {
            algorithm.makePrivateParameters(seed: UInt64($0))
        }
        for round in 0..<rounds {
            let broadcast = algorithm.broadcast(round: round)
            var sum = [Float](repeating: 0, count: algorithm.queries[round].dimension)
            for (person, history) in Self.histories.enumerated() {
                let statistic = algorithm.statistic(
                    broadcast, of: history, privateParameters: &personal[person],
                    seed: UInt64(round * 1000 + person))
                for (place, row) in statistic.rows.enumerated() {
                    for column in 0..<statistic.width {
                        sum[Int(row) * statistic.width + column] +=
                            statistic.values[place * statistic.width + column]
                    }
                }
            }
            algorithm.update(
                round: round,
                with: NoisySum(
                    values: sum, noiseStandardDeviation: 0, contributors: Self.histories.count))
        }
        return personal
    }

    @Test(arguments: [
        UpdateCompression.none, .lowRank(3), .parts(2),
        .countSketch(rows: 5, columns: 64, kept: 40),
    ])
    func `rounds teach the tastes of people, however updates are compressed`(
        compression: UpdateCompression
    ) throws {
        var algorithm = try FederatedNetwork(
            FactorModel(
                itemCount: Self.itemCount, configuration: .init(dimensions: 4, negatives: 2)),
            configuration: .init(
                rounds: 20, localEpochs: 3, deviceLearningRate: 4, personalLearningRate: 4,
                server: .momentum(rate: 1, momentum: 0), clippingNorm: 10,
                compression: compression, seed: 3))
        let personal = train(&algorithm, rounds: 20)
        var (own, other) = (Float(0), Float(0))
        for (person, history) in Self.histories.enumerated() {
            let scores = algorithm.model.scores(
                history: history, privateParameters: personal[person])
            for (item, score) in scores.enumerated() {
                if item / 12 == person % 2 { own += score } else { other += score }
            }
        }
        #expect((own - other) / Float(Self.histories.count * 12) > 1)
    }

    @Test func `a contribution depends on broadcast, history and seed alone`() throws {
        let algorithm = try makeAlgorithm()
        let broadcast = algorithm.broadcast(round: 0)
        func contribution(person: Int) -> Statistic {
            var personal = algorithm.makePrivateParameters(seed: 1)
            return algorithm.statistic(
                broadcast, of: Self.histories[person], privateParameters: &personal, seed: 5)
        }
        // The second device trains on the tape that the first one gave back.
        let first = contribution(person: 0)
        #expect(contribution(person: 1) != first)
        #expect(contribution(person: 0) == first)
    }

    @Test func `private parameters move and are no part of the sum`() throws {
        let algorithm = try makeAlgorithm()
        let (statistic, personal) = contribution(algorithm)
        let network = algorithm.network
        #expect(personal.count == network.layout.count(.personal))
        #expect(personal != algorithm.makePrivateParameters(seed: 0))
        let dimension = algorithm.queries[0].dimension
        #expect(dimension >= network.layout.count(.shared))
        #expect(dimension < network.layout.count(.shared) + 16 * network.layout.entries.count)
        #expect(statistic.rows.allSatisfy { Int($0) * statistic.width < dimension })
        #expect(Set(statistic.rows).count == statistic.rows.count)
    }

    @Test func `a device names the rows of the items that it met alone`() throws {
        let network = SelfAttention(
            itemCount: 1000, configuration: .init(dimensions: 8, length: 6, dropout: 0))
        let algorithm = try FederatedNetwork(
            network, configuration: .init(rounds: 1, localEpochs: 1))
        let (statistic, _) = contribution(algorithm)
        let items = 12 * 2
        let rest = network.layout.count(.shared) / 8 - 1000
        #expect(statistic.rows.count <= items + rest)
        #expect(statistic.squaredNorm > 0)
    }

    @Test func `without any history nothing is contributed`() throws {
        let algorithm = try makeAlgorithm()
        var personal = algorithm.makePrivateParameters(seed: 1)
        let statistic = algorithm.statistic(
            algorithm.broadcast(round: 0), of: [], privateParameters: &personal, seed: 5)
        #expect(statistic.squaredNorm == 0)
    }

    @Test(arguments: [nil, AdaptiveClipping()])
    func `a device whose training diverges contributes nothing and keeps what it had`(
        adaptive: AdaptiveClipping?
    ) throws {
        let algorithm = try makeAlgorithm {
            $0.deviceLearningRate = 1e30
            $0.personalLearningRate = 1e30
            $0.localEpochs = 5
            $0.adaptiveClipping = adaptive
        }
        let (statistic, personal) = contribution(algorithm)
        #expect(personal == algorithm.makePrivateParameters(seed: 0))
        #expect(statistic.values.allSatisfy { $0.isFinite })
        #expect(statistic.rows.count == (adaptive == nil ? 0 : 1))
    }

    @Test func `the proximal weight keeps devices near the broadcast`() throws {
        let free = contribution(try makeAlgorithm { $0.localEpochs = 5 })
        let held = contribution(
            try makeAlgorithm {
                $0.localEpochs = 5
                $0.proximalWeight = 1
            })
        #expect(held.statistic.squaredNorm < 0.5 * free.statistic.squaredNorm)
    }

    @Test func `frozen parameters are neither sent nor moved`() throws {
        var algorithm = try makeAlgorithm { $0.frozen = ["hidden", "tower.items"] }
        let before = algorithm.model.snapshot
        _ = train(&algorithm, rounds: 2)
        let after = algorithm.model.snapshot
        for (name, tensor) in before.tensors {
            let stays = name.hasPrefix("hidden") || name == "tower.items"
            #expect((after.tensors[name] == tensor) == stays, "\(name)")
        }
        #expect(algorithm.queries[0].dimension < (try makeAlgorithm().queries[0].dimension))
    }

    @Test func `names that freeze nothing or everything are refused`() throws {
        #expect(throws: FederatedNetworkError.self) { try makeAlgorithm { $0.frozen = ["hiden"] } }
        #expect(throws: FederatedNetworkError.allFrozen) {
            try makeAlgorithm { $0.frozen = ["hidden", "head", "product", "tower"] }
        }
    }

    @Test func `a broadcast survives its snapshot, and damage is refused`() throws {
        let algorithm = try makeAlgorithm()
        let broadcast = algorithm.broadcast(round: 0)
        var snapshot = algorithm.snapshot(of: broadcast)
        let received = try algorithm.broadcast(from: snapshot)
        var personal = algorithm.makePrivateParameters(seed: 0)
        let statistic = algorithm.statistic(
            received, of: Self.histories[0], privateParameters: &personal, seed: 7)
        #expect(statistic == contribution(algorithm).statistic)
        snapshot.tensors["head"]?.values[0] = .nan
        #expect(throws: SnapshotError.notFinite("head")) { try algorithm.broadcast(from: snapshot) }
        snapshot.tensors["head"] = nil
        #expect(throws: SnapshotError.missingTensor("head")) {
            try algorithm.broadcast(from: snapshot)
        }
    }

    @Test(arguments: [
        ServerOptimizer.adam(rate: 0.05, beta1: 0.9, beta2: 0.99, epsilon: 1e-3),
        .ftrl(rate: 0.5, beta: 1, l1: 0, l2: 0.01),
    ])
    func `training goes on from a checkpoint as it would have`(server: ServerOptimizer) throws {
        func make() throws -> FederatedNetwork<NeuralCollaborativeFiltering> {
            try makeAlgorithm {
                $0.server = server
                $0.adaptiveClipping = AdaptiveClipping()
            }
        }
        var whole = try make()
        _ = train(&whole, rounds: 2)
        var resumed = try make()
        try resumed.restore(from: whole.checkpoint)
        #expect(resumed.model.snapshot == whole.model.snapshot)
        _ = train(&whole, rounds: 1)
        _ = train(&resumed, rounds: 1)
        #expect(resumed.checkpoint == whole.checkpoint)
    }
}
