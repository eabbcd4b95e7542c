internal import FederatedProtocol
internal import PrivacyLedger
internal import Recommender
internal import Simulation
internal import Sodium
internal import VectorKernels

/// The algorithm of a task, whichever it is, in bytes.
struct TaskAlgorithm: Sendable {
    private var algorithm: any FederatedAlgorithm
    let scenario: Scenario
    let catalogue: Catalogue

    /// - Throws: What the algorithm throws where settings and catalogue do not fit.
    init(scenario: Scenario, catalogue: Catalogue, devices: Int) throws {
        algorithm = try scenario.makeAlgorithm(catalogue: catalogue, devices: devices)
        self.scenario = scenario
        self.catalogue = catalogue
    }

    /// One query a round; norms as of now.
    var queries: [SumQuery] { algorithm.queries }

    /// What the devices of a cohort receive; a snapshot.
    func broadcast(round: Int) -> [UInt8] {
        func encode<Algorithm: FederatedAlgorithm>(_ algorithm: Algorithm) -> [UInt8] {
            algorithm.snapshot(of: algorithm.broadcast(round: round)).encoded()
        }
        return encode(algorithm)
    }

    /// Takes in the sum of a query.
    mutating func update(round: Int, with sum: NoisySum) {
        algorithm.update(round: round, with: sum)
    }

    /// Whether the queries that are left need not be asked.
    var isFinished: Bool { algorithm.isFinished }

    /// Everything needed to go on from here; a snapshot.
    var checkpoint: [UInt8] { algorithm.checkpoint.encoded() }

    /// Goes back to a ``checkpoint``.
    mutating func restore(from bytes: [UInt8]) throws {
        try algorithm.restore(from: try Snapshot(decoding: bytes))
    }

    /// The hash of the model, as the ledger states it.
    var modelHash: [UInt8] {
        func hash(_ algorithm: some FederatedAlgorithm) -> [UInt8] { algorithm.model.ledgerHash }
        return hash(algorithm)
    }

    /// The task as the ledger announces it.
    func ledgerTask(named name: String, population: Int) -> LedgerTask {
        func task(_ algorithm: some FederatedAlgorithm) -> LedgerTask {
            scenario.ledgerTask(
                named: name, purpose: scenario.algorithm.name, algorithm: algorithm,
                population: population)
        }
        return task(algorithm)
    }

    /// The model as devices receive it.
    ///
    /// - Parameters:
    ///   - name: Of the task.
    ///   - release: The queries that were answered.
    ///   - hash: ``modelHash``.
    ///   - key: Signs it.
    func published(
        name: String, release: Int, hash: [UInt8], key: SigningKey
    ) throws -> [UInt8] {
        func content(of algorithm: some FederatedAlgorithm) -> RankingContent {
            algorithm.model.content
        }
        return try Publication(
            name: name, release: release, content: content(of: algorithm), catalogue: catalogue,
            source: hexadecimal(hash)
        ).encoded(precision: .float32, key: key)
    }
}
