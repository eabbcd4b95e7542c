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
    let population: Population
    let processes: ProcessGroup
    let interruption: Interruption
    let observer: SimulationObserver

    /// Reads the scenario's data.
    ///
    /// - Parameters:
    ///   - scenario: What to simulate.
    ///   - processes: The processes among which the devices are divided.
    ///   - interruption: Stops the run when raised.
    ///   - observer: Told what happens.
    /// - Throws: ``Datasets/DatasetError``, ``ScenarioError`` or ``SimulationError``.
    public init(
        scenario: Scenario, processes: ProcessGroup = .alone,
        interruption: Interruption = Interruption(),
        observer: @escaping SimulationObserver = { _ in }
    ) throws {
        self.scenario = scenario
        self.processes = processes
        self.interruption = interruption
        self.observer = observer
        observer(.stage("reading the data"))
        let columns =
            switch scenario.source {
            case .synthetic(let population): InteractionColumns(try population.makeData())
            case .file(let path) where InteractionColumns.isColumns(path: path):
                try InteractionColumns(mapping: path)
            case .file(let path): InteractionColumns(try DatasetReader.read(path: path))
            }
        dataName = columns.name
        catalogue = scenario.split.catalogue(columns.catalogue)
        population = try Population(
            columns, split: scenario.split, sampledUsers: scenario.sampledUsers,
            seed: scenario.seed)
    }

    private func makeCohorts(_ population: Population) throws -> CohortSource {
        let deployment = try scenario.time.map { time in
            try VirtualDeployment(
                time, population: population.count, policy: scenario.policy, seed: scenario.seed,
                interactions: (0..<population.count).map { population.length(of: $0) })
        }
        return CohortSource(
            SimulatedCohorts(
                population: population.count, policy: scenario.policy, seed: scenario.seed),
            FaultModel(seed: scenario.seed, dropout: scenario.dropout), in: deployment)
    }

    private func makeAdversary(_ population: Population, known: [Int]) throws -> Adversary? {
        guard scenario.adversary.attack != .none else { return nil }
        return try Adversary(
            scenario.adversary, population: population.count,
            knowledge: PublicKnowledge(
                catalogue: catalogue, histories: known.lazy.map { population[$0].training },
                usesRatings: scenario.algorithm.usesRatings), seed: scenario.seed)
    }

    func makeAlgorithm() throws -> any FederatedAlgorithm {
        try scenario.makeAlgorithm(catalogue: catalogue, devices: population.count)
    }

    /// What the run will do and spend.
    public func plan() throws -> SimulationPlan {
        let algorithm = try makeAlgorithm()
        let plan = try scenario.trainingPlan(
            algorithm.queries, population: population.count)
        let invited = scenario.policy.fewestInvited(of: population.count)
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
            scenario: scenario.name, data: dataName, devices: population.count,
            items: catalogue.count, interactions: population.interactionCount,
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
        let training = try makeTraining(algorithm, population)
        let folder: RunFolder
        var ledger: PrivacyLedger?
        if processes.isFirst {
            folder = try resuming ? RunFolder(opening: path) : RunFolder(creating: path)
            if !resuming { try folder.write(scenario: scenario.resolvedYAML) }
            ledger = try openLedger(in: folder, task: training.task)
        } else {
            folder = RunFolder(ofAnotherProcess: path)
        }
        if resuming, processes.isFirst {
            let width = algorithm.makePrivateParameters(seed: 0).count
            try folder.checkDevices(
                byteCount: width == 0
                    ? 0 : PrivateParameters.byteCount(count: population.count, width: width))
        }
        var privateParameters = try makePrivateParameters(
            of: algorithm, count: population.count,
            path: processes.isFirst ? folder.devicesPath : nil)
        var cohorts = training.cohorts
        var state = Training<Algorithm>.State(
            algorithm: algorithm,
            account: try PrivacyAccount(task: training.task, noise: scenario.noise),
            modelHash: training.task.model)
        if resuming {
            state = try training.restore(
                state, &privateParameters, &cohorts, from: folder, ledger: ledger)
        }

        var quality = SimulationResult.Quality()
        var adversary = training.adversary.map { effect(of: $0) }
        var status = SimulationResult.Status.finished
        do {
            try await training.run(
                &state, &privateParameters, cohorts: &cohorts, ledger: &ledger, folder: folder)
            observer(.stage("comparing with popularity and with training without privacy"))
            quality.popularity = try await training.evaluator.judgement(
                of: PopularityRanker(counts: training.evaluator.popularity.map { Float($0) }),
                population: population, privateParameters)?.quality
            if scenario.comparesWithoutPrivacy {
                quality.nonPrivate = try await qualityWithoutPrivacy(of: algorithm, training)
            }
            if adversary != nil, scenario.comparesWithoutAdversary {
                observer(.stage("comparing with training without adversaries"))
                let honest = try await training.judgement(
                    .withoutAdversary, algorithm,
                    makePrivateParameters(of: algorithm, count: population.count))
                adversary?.qualityWithout = honest?.quality
                adversary?.exposureWithout = honest?.exposure
            }
        } catch is Interrupted {
            status = .interrupted
        }
        quality.private = state.metrics.last?.quality
        adversary?.exposure = state.metrics.last { $0.exposure != nil }?.exposure
        quality.measured = state.metrics.last { $0.measured != nil }?.measured
        state.cpuSeconds = try processes.sum(state.cpuSeconds)
        if status == .finished {
            for statement in quality.statements {
                try ledger?.record(
                    .statement(statement),
                    time: scenario.time == nil ? Int64(state.round) * 1000 : state.time)
            }
            try ledger?.sign()
        }
        var result = try makeResult(
            state, plan: plan, status: status, quality: quality, folder: folder,
            seconds: -start.timeIntervalSinceNow)
        result.adversary = adversary
        result.deployment = cohorts.cost
        guard processes.isFirst else { return result }
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

    /// What training without privacy comes to; nil where nothing is clipped and it diverges, which is no
    /// reason to lose a run that has finished.
    private func qualityWithoutPrivacy<Algorithm: FederatedAlgorithm>(
        of algorithm: Algorithm, _ training: Training<Algorithm>
    ) async throws -> RankingQuality? {
        do {
            return try await training.judgement(
                .withoutPrivacy, algorithm,
                makePrivateParameters(of: algorithm, count: training.population.count))?.quality
        } catch PrivateSumError.notFinite where processes.count == 1 {
            observer(
                .stage(
                    "training without privacy diverged, and there is nothing to compare with; lower the "
                        + "learning rates, or set evaluation.withoutPrivacy=false"))
            return nil
        }
    }

    /// What the devices begin with, of which a file keeps what changes, or memory.
    func makePrivateParameters(
        of algorithm: some FederatedAlgorithm, count: Int, path: String? = nil
    ) throws -> PrivateParameters {
        try PrivateParameters(count: count, path: path) { [seed = scenario.seed] number in
            algorithm.makePrivateParameters(
                seed: SimulatedDraws.parametersSeed(seed: seed, device: number))
        }
    }

    func makeTraining<Algorithm: FederatedAlgorithm>(
        _ algorithm: Algorithm, _ population: Population, canaries: Canaries? = nil
    ) throws -> Training<Algorithm> {
        guard processes.count == 1 || scenario.aggregation != .real else {
            throw ScenarioError.contradiction(
                "aggregation is 'real', whose devices talk to each other within one process; "
                    + "several processes take 'ideal', which gives the same integers")
        }
        let judged = population.sample(
            scenario.judgedUsers == 0 ? population.count : scenario.judgedUsers,
            seed: scenario.seed, for: "judged devices")
        let adversary = try makeAdversary(population, known: judged)
        let rounds = algorithm.queries.count
        let plan = try scenario.trainingPlan(algorithm.queries, population: population.count)
        try checkGroups(plan)
        return Training(
            seed: scenario.seed, fidelity: scenario.aggregation, plan: plan,
            task: scenario.ledgerTask(
                named: "training", purpose: "\(scenario.algorithm.name) on \(dataName)",
                algorithm: algorithm, population: population.count),
            cohorts: try makeCohorts(population),
            phones: scenario.time?.phones ?? PhoneModel(),
            maximumStaleness: scenario.time.map {
                $0.model == .asynchronous ? $0.maximumStaleness : 0
            } ?? 0,
            population: population,
            evaluator: try makeEvaluator(population, judged: judged, adversary), canaries: canaries,
            adversary: adversary,
            defence: scenario.defence.rule == .none ? nil : try RobustSum(scenario.defence),
            evaluationInterval: scenario.evaluationInterval == 0
                ? max(1, rounds / 20) : scenario.evaluationInterval,
            processes: processes, parallel: Parallel(threads: scenario.threads),
            interruption: interruption, observer: observer)
    }

    /// Refuses groups that are too small for a private sum of their own.
    private func checkGroups(_ plan: TrainingPlan) throws {
        guard scenario.defence.rule != .none, let query = plan.queries.first else { return }
        let cohort = plan.policy.fewestInvited(of: plan.population)
        let size = cohort / scenario.defence.groups
        do { _ = try plan.sumPlan(round: 0, query: query, invited: size) } catch {
            throw ScenarioError.contradiction(
                "defence.groups is \(scenario.defence.groups), which leaves \(size) of \(cohort) devices to a "
                    + "group, too few for a private sum; lower it")
        }
    }

    private func effect(of adversary: Adversary) -> AdversaryEffect {
        let target = adversary.target.map { catalogue.items[$0] }
        return AdversaryEffect(
            attack: adversary.settings.attack.rawValue, devices: adversary.devices.count,
            defence: scenario.defence.rule.rawValue, target: target?.id,
            targetTitle: target?.title)
    }

    func makeEvaluator(
        _ population: Population, judged: [Int], _ adversary: Adversary? = nil
    ) throws -> Evaluator {
        try Evaluator(
            configuration: scenario.evaluation, split: scenario.evaluationSplit,
            itemCount: catalogue.count, population: population, judged: judged,
            adversary: adversary, processes: processes,
            parallel: Parallel(threads: scenario.threads),
            interruption: interruption)
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
