import Foundation
import PrivacyLedger
import Recommender
import Simulation
import Testing

/// Networks in whole simulations, and trained centrally, on small populations.
@Suite struct NetworkSimulationTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

    private static let small = """
        data:
          users: 80
          items: 60
          meanHistoryLength: 20
        privacy:
          epsilon: 20
        evaluation:
          withoutPrivacy: false
          every: 2
        cohort:
          toleratedDropout: 0.4
          selection: rotation
          size: 60
        """

    private static let attention = [
        "algorithm.name=network", "algorithm.network=sasrec", "algorithm.dimensions=8",
        "algorithm.length=10", "algorithm.rounds=4",
    ]

    private static let filtering = [
        "algorithm.name=network", "algorithm.network=neumf", "algorithm.factors=4",
        "algorithm.rounds=4", "algorithm.adaptiveClipping=true", "algorithm.server=yogi",
        "algorithm.compression=parts", "algorithm.updateParts=2", "algorithm.clipLayers=true",
    ]

    private static let refined = [
        "algorithm.name=refined-co-occurrence", "algorithm.rounds=2", "algorithm.dimensions=8",
        "algorithm.length=10",
    ]

    private func simulation(
        _ overrides: [String], interruption: Interruption = Interruption(),
        observer: @escaping SimulationObserver = { _ in }
    ) throws -> Simulation {
        try Simulation(
            scenario: Scenario(yaml: Self.small, source: "test", overrides: overrides),
            interruption: interruption, observer: observer)
    }

    private func path(_ name: String) -> String { folder.appending(path: name).path }

    private func content(_ name: String, _ file: String) throws -> Data {
        try Data(contentsOf: URL(filePath: path(name) + "/" + file))
    }

    @Test(arguments: [attention, filtering, refined])
    func `real and ideal aggregation give the same integers`(overrides: [String]) async throws {
        for aggregation in ["real", "ideal"] {
            _ = try await simulation(
                overrides + ["aggregation=\(aggregation)", "faults.dropout=0.1"]
            ).run(in: path(aggregation))
        }
        for file in ["metrics.jsonl", "model.covey"] {
            #expect(try content("real", file) == content("ideal", file))
        }
    }

    @Test(arguments: [attention, filtering, refined])
    func `the number of threads changes nothing`(overrides: [String]) async throws {
        for threads in [1, 2] {
            _ = try await simulation(overrides + ["threads=\(threads)"])
                .run(in: path("threads\(threads)"))
        }
        for file in ["metrics.jsonl", "ledger.covey", "model.covey"] {
            #expect(try content("threads1", file) == content("threads2", file))
        }
    }

    @Test(arguments: [(attention, 1), (filtering, 2), (refined, 1), (refined, 4)])
    func `an interrupted run goes on to the figures of an uninterrupted one`(
        overrides: [String], rounds: Int
    ) async throws {
        let whole = try await simulation(overrides).run(in: path("whole"))
        let interruption = Interruption()
        let stopped = try await simulation(overrides, interruption: interruption) { event in
            if case .step(let round, _, _, _, let done, let total) = event, round == rounds,
                done == total
            {
                interruption.request()
            }
        }.run(in: path("stopped"))
        #expect(stopped.status == .interrupted)
        let resumed = try await simulation(overrides).run(in: path("stopped"), resuming: true)
        #expect(resumed.modelHash == whole.modelHash)
        #expect(resumed.quality.private == whole.quality.private)
        for file in ["metrics.jsonl", "model.covey"] {
            #expect(try content("stopped", file) == content("whole", file))
        }
    }

    @Test(arguments: [
        "mf", "gmf", "mlp", "neumf", "autorec", "mult-vae", "gru4rec", "caser", "sasrec",
        "two-tower", "wide-and-deep", "deepfm", "context-dnn",
    ])
    func `every network trains in a round and centrally`(network: String) async throws {
        let overrides = [
            "algorithm.name=network", "algorithm.network=\(network)", "algorithm.rounds=1",
            "central.epochs=1",
        ]
        let result = try await simulation(overrides).run(in: path(network))
        #expect(result.quality.private?.people == 80)
        let central = try await simulation(overrides).trainCentrally { _ in }
        #expect(central.epochs.map(\.epoch) == [1])
        #expect(central.epochs[0].loss?.isFinite == true && central.parameters.shared > 0)
    }

    @Test func `training stops where private sums show no rise, and less is spent`() async throws {
        let overrides = [
            "algorithm.name=network", "algorithm.network=sasrec", "algorithm.rounds=12",
            "algorithm.measureEvery=1", "algorithm.patience=1", "algorithm.measureGroups=10,20",
            "algorithm.serverLearningRate=1e-9",
        ]
        let result = try await simulation(overrides).run(in: path("stopped"))
        #expect(result.status == .finished && result.quality.private != nil)
        #expect(result.rounds.done < result.rounds.planned && result.rounds.planned == 24)
        #expect(result.epsilon.coordinator < 19)
        let measured = try #require(result.quality.measured)
        #expect(measured.groups.count == 3)
        #expect(measured.all.lowest <= measured.all.hitRate)
        let lines = try content("stopped", "metrics.jsonl").split(separator: UInt8(ascii: "\n"))
        let metrics = try lines.map { try JSONDecoder().decode(RoundMetrics.self, from: $0) }
        #expect(metrics.map { $0.measured != nil } == metrics.map { $0.query == "quality" })
        #expect(try LedgerVerification(path: path("stopped") + "/ledger.covey").findings.isEmpty)
    }

    @Test(arguments: ["cold-users", "cold-items"])
    func `people and items that training does not know are judged`(split: String) async throws {
        let result = try await simulation([
            "data.split=\(split)", "data.coldShare=0.25", "algorithm.name=co-occurrence",
        ]).run(in: path(split))
        let people = try #require(result.quality.private?.people)
        #expect(split == "cold-users" ? (8...32).contains(people) : (40...80).contains(people))
    }

    @Test func `a network trained centrally ranks better than popularity, on any threads`()
        async throws
    {
        let overrides =
            Self.attention + [
                "data.users=200", "central.epochs=12", "central.learningRate=0.01",
                "central.evaluateEvery=12", "algorithm.dropout=0",
            ]
        let one = try await simulation(overrides + ["threads=1"]).trainCentrally { _ in }
        let two = try await simulation(overrides + ["threads=2"]).trainCentrally { _ in }
        #expect(one.epochs.map(\.quality) == two.epochs.map(\.quality))
        let quality = try #require(one.epochs.last?.quality)
        #expect(quality.sampled.ndcg > one.popularity.sampled.ndcg + 0.05)
        let coded = try JSONDecoder().decode(
            CentralResult.self, from: JSONEncoder().encode(one))
        #expect(coded.epochs.map(\.loss) == one.epochs.map(\.loss))
    }

    @Test(arguments: [
        ["central.schedule=exponential", "central.rateFactor=1e-6", "central.rateInterval=1"],
        ["central.schedule=cosine", "central.steps=1"],
        ["central.schedule=warmup", "central.warmupSteps=100000"],
    ])
    func `a schedule that takes the rate away leaves nothing to learn`(
        schedule: [String]
    ) async throws {
        func loss(_ overrides: [String]) async throws -> Double? {
            try await simulation(
                Self.attention + [
                    "data.users=200", "central.epochs=12", "central.learningRate=0.01",
                    "central.evaluateEvery=12", "algorithm.dropout=0", "algorithm.activation=gelu",
                ] + overrides
            ).trainCentrally { _ in }.epochs.last?.loss
        }
        let (with, without) = (
            try #require(try await loss(schedule)), try #require(try await loss([]))
        )
        #expect(without < 0.95 * with)
    }

    @Test func `parts of NeuMF are trained first where asked for`() async throws {
        let overrides =
            Self.filtering + [
                "data.split=leave-last-out", "central.epochs=1", "central.optimizer=descent",
                "central.batchSize=16",
            ]
        let prepared = try await simulation(
            overrides + [
                "central.gmf.epochs=6", "central.gmf.batchSize=8", "central.mlp.epochs=4",
            ]
        ).trainCentrally { _ in }
        let raw = try await simulation(overrides).trainCentrally { _ in }
        #expect(prepared.epochs.map(\.epoch) == [0, 1] && raw.epochs.map(\.epoch) == [1])
        #expect(prepared.epochs[0].loss == nil)
        let losses = [try #require(prepared.epochs[1].loss), try #require(raw.epochs[0].loss)]
        #expect(losses[0] < losses[1] - 0.01)
    }

    @Test func `interrupted central training keeps what was judged`() async throws {
        let interruption = Interruption()
        let result = try await simulation(
            Self.attention + ["central.epochs=3", "central.evaluateEvery=1"],
            interruption: interruption
        ).trainCentrally { event in
            if case .judged = event { interruption.request() }
        }
        #expect(result.status == .interrupted && result.epochs.map(\.epoch) == [1])
    }

    @Test(arguments: [
        (["algorithm.name=network", "algorithm.frozen=hiden"], "no shared parameter's name"),
        (["algorithm.name=network", "algorithm.network=sasrek"], "one of mf"),
        (attention + ["algorithm.heads=3"], "does not divide"),
        (refined + ["algorithm.heads=3"], "does not divide"),
        (
            ["algorithm.name=network", "algorithm.network=deepfm", "algorithm.hidden=64,x"],
            "separated by commas"
        ),
        (
            ["algorithm.name=network", "algorithm.network=deepfm", "algorithm.hidden=64 32"],
            "separated by commas"
        ),
        (
            [
                "algorithm.name=network", "algorithm.network=neumf", "algorithm.factors=1024",
                "algorithm.layers=5",
            ], "lower the widths"
        ),
        (["central.epochs=3"], "central.epochs"),
        (
            [
                "algorithm.name=network", "algorithm.network=two-tower",
                "algorithm.pictureHeight=4",
            ], "8 rows"
        ),
        (
            [
                "algorithm.name=network", "algorithm.network=two-tower",
                "algorithm.pictureHeight=8",
            ], "0 numbers as content"
        ),
    ])
    func `settings that do not fit are refused with the remedy`(
        overrides: [String], reason: String
    ) throws {
        do {
            _ = try simulation(overrides).plan()
            Issue.record("accepted")
        } catch {
            #expect("\(error)".contains(reason), "\(error)")
        }
    }

    @Test func `only networks are trained centrally`() async throws {
        await #expect(throws: ScenarioError.self) {
            try await simulation([]).trainCentrally { _ in }
        }
    }
}
