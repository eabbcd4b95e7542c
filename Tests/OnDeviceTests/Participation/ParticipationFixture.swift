import DifferentialPrivacy
import FederatedProtocol
import PrivacyLedger
import PrivateAggregation
import Recommender
import RoundFixtures
import Synchronization

@testable import OnDevice

/// Documents in memory that remember what was done with them, and may fail.
final class MemoryStore: ParticipationStore {
    struct Failure: Error {}

    private let documents = Mutex<[String: [UInt8]]>([:])
    private let failing = Mutex(false)
    let writes = Mutex<[[UInt8]]>([])

    func fail(_ isFailing: Bool) { failing.withLock { $0 = isFailing } }

    func document(_ name: String) throws -> [UInt8]? { documents.withLock { $0[name] } }

    func setDocument(_ name: String, _ bytes: [UInt8]?) throws {
        if failing.withLock({ $0 }) { throw Failure() }
        documents.withLock { $0[name] = bytes }
        writes.withLock { $0.append(bytes ?? []) }
    }

    func replaceDocument(_ name: String, _ former: [UInt8]?, by bytes: [UInt8]) throws -> Bool {
        if failing.withLock({ $0 }) { throw Failure() }
        let isReplaced = documents.withLock { documents in
            guard documents[name] == former else { return false }
            documents[name] = bytes
            return true
        }
        if isReplaced { writes.withLock { $0.append(bytes) } }
        return isReplaced
    }
}

/// Contributes the same vector to every round of one query.
struct ConstantContributor: RoundContributor {
    let query: String
    let vector: [Float]

    func canContribute(to plan: RoundPlan) async -> Bool {
        plan.query == query && plan.sum.dimension == vector.count
    }

    func contribution(to plan: RoundPlan) async throws -> [Float] { vector }
}

/// A world of devices with a participation each.
struct ParticipationFixture {
    static let deviceCount = 12
    static let good = DeviceConditions(
        isIdle: true, isCharging: true, isUnmetered: true, eventCount: 100)
    static let query = SumQuery(
        name: "gradient", dimension: 6, clippingNorm: 2, budgetShare: 1, broadcastByteCount: 0)

    let folder: ScratchFolder
    let world: RoundWorld
    let coordinator: MemoryCoordinator
    let stores: [MemoryStore]

    init(queries: [SumQuery] = [query, query]) throws {
        folder = try ScratchFolder()
        world = try RoundWorld(
            devices: Self.deviceCount, ledger: folder.path("ledger"), queries: queries)
        coordinator = MemoryCoordinator(world)
        stores = world.identities.map { _ in MemoryStore() }
    }

    func settings(
        cap: Double = 100, step: Duration = .seconds(60)
    ) throws -> Participation.Settings {
        Participation.Settings(
            terms: world.terms, ceiling: try PrivacyBudget(epsilon: cap, delta: 1e-6),
            stepTimeout: step)
    }

    func participation(
        _ device: Int, settings: Participation.Settings? = nil,
        transport: (any RoundTransport)? = nil, contributors: [any RoundContributor]? = nil,
        time: @escaping @Sendable () -> Int64 = { 1000 },
        conditions: @escaping @Sendable () async -> DeviceConditions = { Self.good }
    ) throws -> Participation {
        func make(_ transport: some RoundTransport) throws -> Participation {
            try Participation(
                opening: world.opening, identity: world.identities[device],
                settings: try settings ?? self.settings(), store: stores[device],
                transport: transport, contributors: contributors ?? [contributor(device)],
                time: time, conditions: conditions)
        }
        if let transport { return try make(transport) }
        return try make(MemoryTransport(coordinator: coordinator, device: device))
    }

    func contributor(_ device: Int) -> ConstantContributor {
        ConstantContributor(query: Self.query.name, vector: Self.vector(device))
    }

    static func vector(_ device: Int) -> [Float] {
        (0..<6).map { ($0 + device) % 2 == 0 ? 0.8 : -0.4 }
    }

    /// The participations of all devices, with consent.
    func consenting() async throws -> [Participation] {
        var all: [Participation] = []
        for device in world.identities.indices {
            let participation = try participation(device)
            try await participation.grantConsent()
            all.append(participation)
        }
        return all
    }

    /// Lets all take part at once.
    func participate(_ participations: [Participation]) async throws -> [ParticipationResult] {
        try await withThrowingTaskGroup(of: (Int, ParticipationResult).self) { group in
            for (number, participation) in participations.enumerated() {
                group.addTask { (number, try await participation.participate()) }
            }
            var results: [Int: ParticipationResult] = [:]
            for try await (number, result) in group { results[number] = result }
            return participations.indices.compactMap { results[$0] }
        }
    }
}

extension ParticipationResult {
    /// What the report says.
    var outcome: RoundReport.Result? {
        if case .offered(let report) = self { report.result } else { nil }
    }
}
