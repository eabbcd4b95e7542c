internal import Datasets
internal import DifferentialPrivacy
internal import FederatedProtocol
internal import Foundation
internal import PrivacyLedger
internal import PrivateAggregation
internal import Recommender
internal import SecureAggregation
internal import Sodium

/// A simulation that is ready to run: the scenario with its data read, divided and handed to the
/// devices, and its plan made. Nothing is spent and nothing written until ``run(in:resuming:)``.
public struct Simulation: Sendable {
    /// What is simulated.
    public let scenario: Scenario
    let dataName: String
    let catalogue: Catalogue
    private let interactionCount: Int
    let holdouts: [Holdout]
    let interruption: Interruption
    let observer: SimulationObserver

    /// Reads the scenario's data.
    ///
    /// - Parameters:
    ///   - scenario: What to simulate.
    ///   - interruption: Stops the run when raised.
    ///   - observer: Told what happens.
    /// - Throws: ``Datasets/DatasetError``, ``ScenarioError`` or ``SimulationError``.
    public init(
        scenario: Scenario, interruption: Interruption = Interruption(),
        observer: @escaping SimulationObserver = { _ in }
    ) throws {
        self.scenario = scenario
        self.interruption = interruption
        self.observer = observer
        observer(.stage("reading the data"))
        var data =
            switch scenario.source {
            case .synthetic(let population): try population.makeData()
            case .file(let path): try DatasetReader.read(path: path)
            }
        if scenario.sampledUsers > 0 {
            guard scenario.sampledUsers <= data.users.count else {
                throw ScenarioError.contradiction(
                    "data.sampledUsers is \(scenario.sampledUsers), and \(data.name) has "
                        + "\(data.users.count) people")
            }
            var randomness = SeededRandomness(seed: scenario.seed, label: "sampled users")
            data.users = Array(
                data.users.shuffled(using: &randomness).prefix(scenario.sampledUsers))
        }
        dataName = data.name
        catalogue = scenario.split.catalogue(of: data)
        interactionCount = data.interactionCount
        holdouts = scenario.split.holdouts(of: data)
    }

    private var faults: FaultModel { FaultModel(seed: scenario.seed, dropout: scenario.dropout) }

    func makeAlgorithm() throws -> any FederatedAlgorithm {
        try scenario.makeAlgorithm(catalogue: catalogue, devices: holdouts.count)
    }

    /// What the run will do and spend.
    public func plan() throws -> SimulationPlan {
        let algorithm = try makeAlgorithm()
        let plan = try scenario.trainingPlan(
            algorithm.queries, population: holdouts.count)
        let invited = scenario.policy.fewestInvited(of: holdouts.count)
        var total = RoundTraffic()
        let rounds = try algorithm.queries.enumerated().map { round, query in
            let sum = try plan.sumPlan(round: round, query: query, invited: invited)
            let traffic = try plan.traffic(of: sum, query: query)
            let graph = try plan.graph(of: sum)
            total += traffic
            return SimulationPlan.Round(
                query: query.name, dimension: query.dimension, invited: invited,
                clippingNorm: query.clippingNorm,
                noiseMultiplier: sum.sumStandardDeviation(survivors: sum.minimumSurvivors)
                    / query.clippingNorm,
                modulusBits: sum.modulusBits, degree: graph.degree, threshold: graph.threshold,
                bytesPerDevice: traffic)
        }
        return SimulationPlan(
            scenario: scenario.name, data: dataName, devices: holdouts.count,
            items: catalogue.count, interactions: interactionCount,
            algorithm: scenario.algorithm.name, aggregation: scenario.aggregation.rawValue,
            rounds: rounds, planned: plan.planned, neighbouring: plan.policy.neighbouring,
            events: .init(
                coordinator: plan.event(against: .coordinator),
                observer: plan.event(against: .observer)), bytesPerDevice: total)
    }

    /// Runs all rounds and writes the run folder.
    ///
    /// - Parameters:
    ///   - path: The folder, to be made or empty; with `resuming`, that of a run which was stopped.
    ///   - resuming: Whether to go on from what the folder holds.
    public func run(in path: String, resuming: Bool = false) async throws -> SimulationResult {
        let plan = try plan()
        observer(.planned(plan))
        return try await run(makeAlgorithm(), plan: plan, path: path, resuming: resuming)
    }

    private func run<Algorithm: FederatedAlgorithm>(
        _ algorithm: Algorithm, plan: SimulationPlan, path: String, resuming: Bool
    ) async throws -> SimulationResult {
        let start = Date()
        let privateParameters = makePrivateParameters(of: algorithm, count: holdouts.count)
        let training = try makeTraining(algorithm, holdouts)
        let folder = try resuming ? RunFolder(opening: path) : RunFolder(creating: path)
        if !resuming { try folder.write(scenario: scenario.resolvedYAML) }
        var ledger = try openLedger(in: folder, task: training.task)
        let initial = Training<Algorithm>.State(
            algorithm: algorithm, privateParameters: privateParameters,
            account: try PrivacyAccount(task: training.task, noise: scenario.noise),
            modelHash: training.task.model)
        var state =
            try resuming
            ? training.restore(initial, from: folder, ledger: ledger) : initial

        var quality = SimulationResult.Quality()
        var status = SimulationResult.Status.finished
        do {
            try await training.run(&state, ledger: &ledger, folder: folder)
            observer(.stage("comparing with popularity and with training without privacy"))
            quality.popularity = try await training.evaluator.quality(
                of: PopularityRanker(counts: training.evaluator.popularity.map { Float($0) }),
                devices: training.devices, privateParameters)
            if scenario.comparesWithoutPrivacy {
                quality.nonPrivate = try await training.qualityWithoutPrivacy(
                    algorithm, privateParameters)
            }
        } catch is Interrupted {
            status = .interrupted
        }
        quality.private = state.metrics.last?.quality
        quality.measured = state.metrics.last { $0.measured != nil }?.measured
        if status == .finished {
            for statement in quality.statements {
                try ledger.record(.statement(statement), time: Int64(state.round) * 1000)
            }
            try ledger.sign()
        }
        let result = try makeResult(
            state, plan: plan, status: status, quality: quality, folder: folder,
            seconds: -start.timeIntervalSinceNow)
        try folder.write(result: result)
        try folder.write(
            report: HTMLReport(
                plan: plan, result: result, metrics: state.metrics,
                scenarioYAML: scenario.resolvedYAML
            ).render())
        if status == .finished { folder.removeCheckpoint() }
        // Last: a model that cannot be published leaves a run that can be read.
        try folder.write(
            model: try publish(
                state.algorithm.model, release: state.round, source: state.modelHash))
        return result
    }

    /// What the devices begin with.
    func makePrivateParameters(
        of algorithm: some FederatedAlgorithm, count: Int
    ) -> PrivateParameters {
        PrivateParameters(
            (0..<count).map { number in
                algorithm.makePrivateParameters(
                    seed: SimulatedDraws.parametersSeed(seed: scenario.seed, device: number))
            })
    }

    func makeTraining<Algorithm: FederatedAlgorithm>(
        _ algorithm: Algorithm, _ holdouts: [Holdout], canaries: Canaries? = nil
    ) throws -> Training<Algorithm> {
        let devices = holdouts.enumerated().map { SimulatedDevice(number: $0, holdout: $1) }
        let parallel = Parallel(threads: scenario.threads)
        let rounds = algorithm.queries.count
        return Training(
            seed: scenario.seed, fidelity: scenario.aggregation,
            plan: try scenario.trainingPlan(algorithm.queries, population: devices.count),
            task: scenario.ledgerTask(
                named: "training", purpose: "\(scenario.algorithm.name) on \(dataName)",
                algorithm: algorithm, population: devices.count),
            faults: faults, devices: devices,
            evaluator: try Evaluator(
                configuration: scenario.evaluation, split: scenario.evaluationSplit,
                itemCount: catalogue.count, devices: devices, parallel: parallel,
                interruption: interruption), canaries: canaries,
            evaluationInterval: scenario.evaluationInterval == 0
                ? max(1, rounds / 20) : scenario.evaluationInterval,
            parallel: parallel, interruption: interruption, observer: observer)
    }

    private func makeResult<Algorithm: FederatedAlgorithm>(
        _ state: Training<Algorithm>.State, plan: SimulationPlan, status: SimulationResult.Status,
        quality: SimulationResult.Quality, folder: RunFolder, seconds: Double
    ) throws -> SimulationResult {
        let spent = try state.account.spent
        var bytes = RoundTraffic()
        for metrics in state.metrics { bytes += metrics.bytesPerDevice }
        return SimulationResult(
            scenario: scenario.name, status: status, aggregation: scenario.aggregation.rawValue,
            rounds: .init(done: state.round, planned: plan.rounds.count),
            epsilon: .init(coordinator: spent.epsilonCoordinator, observer: spent.epsilonObserver),
            delta: spent.delta, individual: try state.account.distribution, quality: quality,
            devices: plan.devices,
            survivors: state.metrics.last.map { $0.survivors[2] } ?? 0, bytesPerDevice: bytes,
            modelHash: hexadecimal(state.modelHash),
            seconds: seconds, peakMemoryBytes: ProcessUsage.current.peakMemoryBytes,
            training: .init(
                deviceUpdates: state.updates, cpuSeconds: state.cpuSeconds,
                updatesPerCPUSecond: state.cpuSeconds > 0
                    ? Double(state.updates) / state.cpuSeconds : 0),
            output: folder.path)
    }
}
