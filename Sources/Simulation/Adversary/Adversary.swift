import Recommender
internal import Sodium

/// The malicious devices of a simulation, and what they contribute.
///
/// They send what they like, but through the encoding of a private sum: whatever they make up is
/// clipped like everybody's vector. (A device whose software is altered can also add any value of
/// the ring; see the threat model. Sums that are off by so much are plain to see.)
///
/// **Promotion** is model poisoning that works on any statistic that is added up: what the algorithm
/// makes of a history of popular items and the target, less what it makes of the same history without
/// it, stretched to the clipping norm. It spends the whole norm on the target. Among 300 synthetic
/// people, 5 % malicious devices and no noise, it shows the target to 28 % of people with matrix
/// factorisation and to 15 % with the co-occurrence matrix; the stretched history itself to 28 % and
/// 6 %, a bandwagon attack of the same items to 6 % and 6 %.
struct Adversary: Sendable {
    /// The attack.
    let settings: AdversarySettings
    /// Who takes part in it.
    let devices: MaliciousDevices
    /// The item that is pushed; nil where none is.
    let target: Int?
    private let profiles: ShillingProfiles?

    /// The adversary of a scenario: a pure function of settings, public knowledge and seed.
    ///
    /// - Parameters:
    ///   - settings: The attack.
    ///   - population: The number of devices.
    ///   - knowledge: What it makes up histories from.
    ///   - seed: The scenario's.
    /// - Throws: ``ScenarioError`` where target or segment are not in the catalogue.
    init(
        _ settings: AdversarySettings, population: Int, knowledge: PublicKnowledge, seed: UInt64
    ) throws(ScenarioError) {
        self.settings = settings
        devices = MaliciousDevices(share: settings.share, population: population, seed: seed)
        guard settings.attack.hasTarget else {
            (target, profiles) = (nil, nil)
            return
        }
        let target: Int
        switch settings.target {
        case .item(let id): target = try knowledge.item(id: id)
        case .automatic:
            let candidates = knowledge.unpopularItems
            guard !candidates.isEmpty else {
                throw .contradiction("adversary.target: nobody knows any item to be pushed")
            }
            var randomness = SeededRandomness(seed: seed, label: "adversary target")
            target = candidates[randomness.nextIndex(below: candidates.count)]
        }
        let design: ShillingProfiles.Design =
            switch settings.attack {
            case .shillingRandom: .random
            case .shillingAverage: .average
            case .shillingSegment: .segment(try knowledge.items(of: settings.segment))
            default: .bandwagon
            }
        self.target = target
        profiles = ShillingProfiles(
            design, target: target, fillers: settings.attack.hasFillers ? settings.fillers : 0,
            selected: settings.selected,
            knowledge: knowledge, seed: seed)
    }

    /// What a malicious device contributes, in place of what its own history would give.
    ///
    /// - Parameters:
    ///   - device: Its number in the population.
    ///   - algorithm: What is trained.
    ///   - broadcast: What the server sent.
    ///   - history: The device's own history.
    ///   - query: What is summed.
    ///   - privateParameters: The device's own parameters, which a made-up history moves as well.
    ///   - seed: The device's seed for local sampling in this round.
    func statistic<Algorithm: FederatedAlgorithm>(
        of device: Int, to algorithm: Algorithm, _ broadcast: Algorithm.Broadcast,
        history: [Interaction], query: SumQuery, privateParameters: inout [Float], seed: UInt64
    ) -> Statistic {
        if settings.attack == .freeRider { return Statistic(rows: [], width: 1, values: []) }
        let history = profiles?.history(of: device) ?? history
        let before = privateParameters
        let statistic = algorithm.statistic(
            broadcast, of: history, privateParameters: &privateParameters, seed: seed)
        switch settings.attack {
        case .signFlip: return statistic.scaled(by: -settings.scale)
        case .scaled: return statistic.scaled(by: settings.scale)
        case .promotion:
            var parameters = before
            let without = algorithm.statistic(
                broadcast, of: Array(history.dropLast()), privateParameters: &parameters, seed: seed
            )
            return statistic.subtracting(without).stretched(to: query.clippingNorm)
        default: return statistic
        }
    }
}
