import Learning
import Recommender
import Testing
import VectorKernels

@Suite struct FederatedMatrixFactorizationTests {
    typealias Configuration = FederatedMatrixFactorization.Configuration

    private func history(_ items: [Int]) -> [Interaction] {
        items.enumerated().map { Interaction(item: $1, timestamp: Int64($0)) }
    }

    /// One round over all histories without noise, contributions clipped as the pipeline does.
    private func runRound(
        _ algorithm: inout FederatedMatrixFactorization, round: Int,
        histories: [[Interaction]], users: inout [[Float]]
    ) {
        let query = algorithm.queries[0]
        let broadcast = algorithm.broadcast(round: round)
        var sum = [Float](repeating: 0, count: query.dimension)
        for (index, history) in histories.enumerated() {
            let statistic = algorithm.statistic(
                broadcast, of: history, privateParameters: &users[index],
                seed: UInt64(round * 10_000 + index))
            let norm = statistic.squaredNorm.squareRoot()
            let factor = norm > query.clippingNorm ? Float(query.clippingNorm / norm) : 1
            for (position, row) in statistic.rows.enumerated() {
                for column in 0..<statistic.width {
                    sum[Int(row) * statistic.width + column] +=
                        factor * statistic.values[position * statistic.width + column]
                }
            }
        }
        algorithm.update(
            round: round,
            with: NoisySum(
                values: sum, noiseStandardDeviation: 0, contributors: histories.count))
    }

    @Test(arguments: FederatedMatrixFactorization.Loss.allCases, [3, 16, 33])
    func `gradients agree with central differences`(
        loss: FederatedMatrixFactorization.Loss, width: Int
    ) {
        var random = SplitMix64(seed: UInt64(width))
        let stride = Factorization.stride(for: width)
        var user = [Float](repeating: 0, count: stride)
        for i in 0..<width { user[i] = 0.5 * random.nextApproximateNormal() }
        var rows = [Float](repeating: 0, count: 9 * stride)
        for row in 0..<9 {
            for i in 0..<width { rows[row * stride + i] = 0.5 * random.nextApproximateNormal() }
        }
        // More examples than vector lanes, rows that occur often, in one batch.
        let examples = Factorization.Examples(
            positives: 19, candidates: 4, batch: 19,
            slots: (0..<76).map { _ in Int32(random.next(below: 9)) })
        let rate: Float = 0.01
        var (movedRows, movedUser) = (rows, user)
        Factorization.descend(
            rows: &movedRows, user: &movedUser, fixed: nil, examples: examples,
            settings: .init(
                softmax: loss == .sampledSoftmax, itemRate: rate, userRate: rate, userDecay: 0))
        let h: Float = 1.0 / 256
        func value(_ rows: [Float], _ user: [Float]) -> Double {
            LocalTraining.loss(loss, rows: rows, user: user, examples: examples)
        }
        for i in 0..<width {
            var (up, down) = (user, user)
            up[i] += h
            down[i] -= h
            let slope = (value(rows, up) - value(rows, down)) / Double(up[i] - down[i])
            #expect(abs(Double((user[i] - movedUser[i]) / rate) - slope) < 2e-3)
        }
        for index in rows.indices where index % stride < width {
            var (up, down) = (rows, rows)
            up[index] += h
            down[index] -= h
            let slope = (value(up, user) - value(down, user)) / Double(up[index] - down[index])
            #expect(abs(Double((rows[index] - movedRows[index]) / rate) - slope) < 2e-3)
        }
    }

    @Test func `draws cover each epoch and keep negatives apart from positives`() {
        let training = LocalTraining(
            rowCount: 50, configuration: Configuration(batchSize: 4, negatives: 3))
        var random = SplitMix64(seed: 1)
        let positives: [Int32] = [7, 3, 9, 3, 40, 11]
        let draw = training.draw(positives: positives, epochs: 2, random: &random)
        #expect(Set(draw.rows).count == draw.rows.count)
        #expect(draw.examples.positives == 12)
        #expect(draw.examples.slots.count == 48)
        var drawn: [Int32] = []
        var at = 0
        for count in [4, 4, 4] {
            drawn += draw.examples.slots[at..<at + count].map { draw.rows[Int($0)] }
            for slot in draw.examples.slots[at + count..<at + 4 * count] {
                #expect(!positives.contains(draw.rows[Int(slot)]))
            }
            at += 4 * count
        }
        #expect(drawn.prefix(6).sorted() == positives.sorted())
        #expect(drawn.suffix(6).sorted() == positives.sorted())
    }

    @Test func `a contribution holds each touched row once, and no other`() {
        let algorithm = FederatedMatrixFactorization(
            itemCount: 30, configuration: Configuration(dimensions: 8, negatives: 2))
        var user = algorithm.makePrivateParameters(seed: 4)
        let before = user
        let statistic = algorithm.statistic(
            algorithm.broadcast(round: 0), of: history([4, 5, 4]), privateParameters: &user,
            seed: 9)
        #expect(statistic.width == 9)
        #expect(Set(statistic.rows).isSuperset(of: [4, 5]))
        #expect(Set(statistic.rows).count == statistic.rows.count)
        #expect(statistic.values.count == statistic.rows.count * 9)
        #expect(user != before && user.count == 8)
        #expect(algorithm.queries[0].dimension == 30 * 9)
    }

    @Test(arguments: [nil, AdaptiveClipping()])
    func `odd histories give finite contributions and scores`(
        adaptive: AdaptiveClipping?
    ) {
        let all = Array(0..<12)
        for items in [[], [3], [3, 3, 3], all, all + all, [-4, 99, 5]] {
            for loss in FederatedMatrixFactorization.Loss.allCases {
                let algorithm = FederatedMatrixFactorization(
                    itemCount: 12,
                    configuration: Configuration(
                        dimensions: 5, batchSize: 3, loss: loss, adaptiveClipping: adaptive))
                var user: [Float] = []
                let statistic = algorithm.statistic(
                    algorithm.broadcast(round: 0), of: history(items), privateParameters: &user,
                    seed: 1)
                #expect(statistic.values.filter { !$0.isFinite } == [])
                #expect(statistic.rows.allSatisfy { $0 >= 0 && $0 <= 12 })
                let scores = algorithm.model.scores(
                    history: history(items), privateParameters: user)
                #expect(scores.count == 12)
                #expect(scores.filter { !$0.isFinite } == [])
            }
        }
    }

    @Test func `the clipping indicator keeps the joint norm at its bound`() {
        let norm = 2.0
        for length in [0.5, 2, 30] as [Float] {
            var statistic = Statistic(rows: [1], width: 3, values: [length, 0, 0])
            ClippingIndicator.clip(
                &statistic, squaredNorm: statistic.squaredNorm, to: norm, indicatorRow: 7)
            #expect(statistic.rows == [1, 7])
            #expect(abs(statistic.values[0] - min(length, 2)) < 1e-6)
            #expect(statistic.values[3] == (length <= 2 ? 0.4 : -0.4))
            #expect(statistic.squaredNorm.squareRoot() <= ClippingIndicator.norm(with: norm) + 1e-6)
        }
        #expect(abs(ClippingIndicator.norm(with: 2) - 2 * 1.04.squareRoot()) < 1e-12)
    }

    @Test func `the clipping norm approaches the quantile of the devices' norms`() {
        // Norms uniform on 0 to 10; the 0.7 quantile is 7.
        var norm = 0.1
        let adaptive = AdaptiveClipping(
            quantile: 0.7, learningRate: 0.3)
        for _ in 0..<80 {
            var sum = 0.0
            for device in 0..<200 {
                let length = Float(device) / 20
                var statistic = Statistic(rows: [0], width: 1, values: [length])
                ClippingIndicator.clip(
                    &statistic, squaredNorm: statistic.squaredNorm, to: norm, indicatorRow: 1)
                sum += Double(statistic.values[1])
            }
            norm = ClippingIndicator.adapted(
                norm, by: adaptive, indicatorSum: sum, contributors: 200)
        }
        #expect(abs(norm - 7) < 0.2)
        let broken = ClippingIndicator.adapted(
            3, by: adaptive, indicatorSum: .nan, contributors: 0)
        #expect(broken == 3)
    }

    /// Two groups of people, each with its own half of the catalogue, and one item of its own half
    /// held out from everybody.
    private func plantedHistories() -> (training: [[Interaction]], targets: [Int32]) {
        var random = SplitMix64(seed: 11)
        var histories: [[Interaction]] = []
        var targets: [Int32] = []
        for person in 0..<120 {
            let first = person % 2 * 30
            var items = (first..<first + 30).map { $0 }
            for index in items.indices.dropLast() {
                items.swapAt(index, index + random.next(below: items.count - index))
            }
            targets.append(Int32(items[0]))
            histories.append(history(Array(items[1..<11])))
        }
        return (histories, targets)
    }

    @Test(arguments: FederatedMatrixFactorization.Loss.allCases)
    func `training finds planted groups that popularity cannot`(
        loss: FederatedMatrixFactorization.Loss
    ) {
        let (histories, targets) = plantedHistories()
        var algorithm = FederatedMatrixFactorization(
            itemCount: 60,
            configuration: Configuration(
                dimensions: 2, loss: loss, userLearningRate: 0.1, userDecay: 0.1,
                serverLearningRate: 0.1,
                clippingNorm: 5))
        var users = histories.indices.map { algorithm.makePrivateParameters(seed: UInt64($0)) }
        for round in 0..<40 {
            runRound(&algorithm, round: round, histories: histories, users: &users)
        }
        func hitRate(_ ranker: some Ranker) -> Double {
            let evaluation = RankingEvaluation(
                .init(cutoff: 20, negatives: 40), itemCount: 60)
            let outcomes = histories.indices.map { person in
                evaluation.outcome(
                    scores: ranker.scores(
                        history: histories[person], privateParameters: users[person]),
                    user: person, seen: histories[person].map(\.item), targets: [targets[person]])
            }
            return RankingQuality(
                outcomes: outcomes, popularity: [Int](repeating: 1, count: 60), cutoff: 20
            ).full.hitRate
        }
        // A person's group has 20 unseen items of the list of 20: a model that knows the groups scores
        // far above one that does not (0.88 and 1 with the two losses).
        #expect(hitRate(algorithm.model) > 0.8)
        #expect(hitRate(PopularityRanker(itemCount: 60, histories: histories)) < 0.6)
    }

    @Test func `a restored run goes on bit by bit as the first one`() throws {
        let (histories, _) = plantedHistories()
        let configuration = Configuration(
            dimensions: 7, adaptiveClipping: .init())
        var first = FederatedMatrixFactorization(itemCount: 60, configuration: configuration)
        var users = histories.indices.map { first.makePrivateParameters(seed: UInt64($0)) }
        for round in 0..<3 {
            runRound(&first, round: round, histories: histories, users: &users)
        }
        var second = FederatedMatrixFactorization(itemCount: 60, configuration: configuration)
        try second.restore(from: Snapshot(decoding: first.checkpoint.encoded()))
        var otherUsers = users
        for round in 3..<6 {
            runRound(&first, round: round, histories: histories, users: &users)
            runRound(&second, round: round, histories: histories, users: &otherUsers)
        }
        #expect(first.checkpoint == second.checkpoint)
        #expect(first.queries == second.queries)
        #expect(users == otherUsers)

        var other = FederatedMatrixFactorization(itemCount: 60)
        let checkpoint = first.checkpoint
        let model = first.model.snapshot
        #expect(throws: SnapshotError.self) { try other.restore(from: checkpoint) }
        #expect(throws: SnapshotError.self) { try other.restore(from: model) }
    }
}
