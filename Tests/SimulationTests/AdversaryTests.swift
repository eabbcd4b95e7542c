import Recommender
import Sodium
import Testing

@testable import Simulation

@Suite struct AdversaryTests {
    @Test func `only the keys of the attack are read`() throws {
        func keys(_ lines: String...) throws -> [String] {
            let yaml = "adversary:\n" + lines.map { "  \($0)\n" }.joined()
            var reader = try SettingsReader(yaml: yaml, source: "test", overrides: [])
            _ = try AdversarySettings(&reader)
            try reader.rejectUnknownKeys()
            return reader.resolved.map { String($0.name.dropFirst("adversary.".count)) }
        }
        #expect(try keys("attack: none") == ["attack"])
        #expect(try keys("attack: free-rider") == ["attack", "share"])
        #expect(try keys("attack: sign-flip", "scale: 3") == ["attack", "share", "scale"])
        #expect(
            try keys("attack: shilling-random", "target: a", "fillers: 9")
                == ["attack", "share", "target", "fillers"])
        #expect(
            try keys("attack: shilling-segment", "segment: Horror")
                == ["attack", "share", "target", "segment", "selected", "fillers"])
        #expect(
            try keys("attack: promotion") == ["attack", "share", "target", "selected"])
        for lines in ["share: 0.1", "attack: promotion\n  scale: 2", "attack: shilling"] {
            #expect(throws: ScenarioError.self) { try keys(lines) }
        }
        #expect(throws: ScenarioError.self) { try keys("attack: scaled", "share: 0.6") }
    }

    @Test func `the seed says who is malicious`() {
        for (share, population) in [(0.0, 10), (0.05, 1000), (0.5, 7), (0.5, 1)] {
            let devices = MaliciousDevices(share: share, population: population, seed: 4)
            let again = MaliciousDevices(share: share, population: population, seed: 4)
            let found = (0..<population).filter(devices.contains)
            #expect(found.count == Int((share * Double(population)).rounded()))
            #expect(found.count == devices.count)
            #expect(found == (0..<population).filter(again.contains))
            #expect(!devices.contains(population) && !devices.contains(-1))
        }
        let one = MaliciousDevices(share: 0.1, population: 1000, seed: 1)
        let two = MaliciousDevices(share: 0.1, population: 1000, seed: 2)
        let both = (0..<1000).count { one.contains($0) && two.contains($0) }
        // Ten on average.
        #expect(both < 30)
    }

    @Test func `a target that is not given is one that few know`() throws {
        let training = try AdversaryTraining()
        let popularity = training.knowledge.popularity
        let known = popularity.filter { $0 > 0 }.sorted()
        var targets: Set<Int> = []
        for seed in 0..<20 as Range<UInt64> {
            let adversary = try Adversary(
                AdversarySettings(.promotion, share: 0.1), population: 300,
                knowledge: training.knowledge, seed: seed)
            let target = try #require(adversary.target)
            #expect(popularity[target] > 0)
            #expect(popularity[target] <= known[known.count / 4])
            targets.insert(target)
        }
        #expect(targets.count > 5)
    }

    @Test func `targets and segments that are not in the catalogue are refused`() throws {
        let knowledge = try AdversaryTraining().knowledge
        for settings in [
            AdversarySettings(.promotion, target: .item(id: "nothing")),
            AdversarySettings(.shillingSegment, segment: "nothing"),
        ] {
            #expect(throws: ScenarioError.self) {
                try Adversary(settings, population: 10, knowledge: knowledge, seed: 1)
            }
        }
        let id = knowledge.catalogue.items[7].id
        let settings = AdversarySettings(.promotion, target: .item(id: id))
        #expect(
            try Adversary(settings, population: 10, knowledge: knowledge, seed: 1).target == 7)
    }

    @Test func `statistics are scaled, stretched and subtracted coordinate by coordinate`() {
        var random = SeededRandomness(seed: 3, label: "statistics")
        func make() -> Statistic {
            let rows = random.draw(6, below: 12).map { Int32($0) }
            return Statistic(
                rows: rows, width: 3,
                values: rows.indices.flatMap { _ in
                    (0..<3).map { _ in Float(random.nextNormal()) }
                })
        }
        for _ in 0..<50 {
            let (one, other) = (make(), make())
            let difference = one.subtracting(other).dense(dimension: 36)
            #expect(
                difference
                    == zip(one.dense(dimension: 36), other.dense(dimension: 36)).map { $0 - $1 })
            #expect(Set(one.subtracting(other).rows).count == one.subtracting(other).rows.count)
            let stretched = one.stretched(to: 0.25)
            #expect(abs(stretched.squaredNorm.squareRoot() - 0.25) < 1e-6)
            let flipped = one.scaled(by: -2)
            #expect(flipped.values == one.values.map { -2 * $0 })
            #expect(
                abs(flipped.squaredNorm - Statistic(dense: flipped.values).squaredNorm)
                    < 1e-5 * flipped.squaredNorm)
        }
        let nothing = Statistic(rows: [], width: 3, values: [])
        #expect(nothing.stretched(to: 1) == nothing)
        #expect(make().subtracting(nothing).rows.count == 6)
    }

    @Test func `each attack contributes what its name says`() throws {
        let training = try AdversaryTraining()
        let algorithm = FederatedMatrixFactorization(itemCount: training.data.catalogue.count)
        let broadcast = algorithm.broadcast(round: 0)
        let history = training.holdouts[2].training
        func contribution(_ attack: AdversarySettings.Attack) throws -> (Statistic, [Float]) {
            let adversary = try Adversary(
                AdversarySettings(attack, share: 0.5, scale: 3), population: 300,
                knowledge: training.knowledge, seed: 1)
            var parameters = algorithm.makePrivateParameters(seed: 1)
            let statistic = adversary.statistic(
                of: 2, to: algorithm, broadcast, history: history, query: algorithm.queries[0],
                privateParameters: &parameters, seed: 9)
            return (statistic, parameters)
        }
        var parameters = algorithm.makePrivateParameters(seed: 1)
        let before = parameters
        let honest = algorithm.statistic(
            broadcast, of: history, privateParameters: &parameters, seed: 9)
        #expect(try contribution(.none) == (honest, parameters))
        #expect(try contribution(.signFlip).0.values == honest.values.map { -3 * $0 })
        #expect(try contribution(.scaled).0.values == honest.values.map { 3 * $0 })
        #expect(try contribution(.freeRider).0.values.isEmpty)
        #expect(try contribution(.freeRider).1 == before)
        #expect(try contribution(.shillingBandwagon).0 != honest)
        let promotion = try contribution(.promotion).0
        let norm = algorithm.queries[0].clippingNorm
        #expect(abs(promotion.squaredNorm.squareRoot() - norm) < 1e-4 * norm)
    }

    @Test func `a promoted item is shown to many more people, and a shilled one ranks higher`()
        throws
    {
        let training = try AdversaryTraining()
        let items = training.data.catalogue.count
        let algorithm = FederatedMatrixFactorization(
            itemCount: items, configuration: .init(rounds: 20))
        func exposure(_ attack: AdversarySettings.Attack) throws -> TargetExposure {
            let adversary = try Adversary(
                AdversarySettings(attack, share: 0.05), population: 300,
                knowledge: training.knowledge, seed: 3)
            let target = try Adversary(
                AdversarySettings(.promotion), population: 300, knowledge: training.knowledge,
                seed: 3
            ).target
            return training.exposure(
                of: try #require(target), after: algorithm, under: adversary)
        }
        let none = try exposure(.none)
        let promotion = try exposure(.promotion)
        #expect(promotion.share > 0.15 && promotion.share > 3 * none.share)
        #expect(promotion.meanRank < none.meanRank / 2)
        #expect(try exposure(.shillingBandwagon).meanRank < none.meanRank - 10)
    }
}
