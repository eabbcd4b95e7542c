internal import FederatedProtocol
internal import PrivacyLedger
internal import PrivateAggregation
import Recommender
internal import SecureAggregation
internal import Sodium

/// A round as it is in the deployed system, without the network: every device encodes, noises and
/// masks on its own, and the coordinator sees the unmasked noisy sum.
struct RealSummation<Algorithm: FederatedAlgorithm> {
    private typealias Device = PrivateSumDevice<SeededRandomness>

    let context: RoundContext<Algorithm>
    let plan: PrivateSumPlan
    let graph: GraphSecurity

    /// Positions a batch: bounds the memory that messages take.
    private let batch = 256

    func sum(committing commit: Commitment) async throws -> RoundSum {
        let parameters = try plan.aggregationParameters(session: context.session, graph: graph)
        var coordinator = AggregationCoordinator(parameters: parameters)
        var devices = try await join(parameters)

        let keys = try await advance(&devices, "advertise keys", where: \.advertises) { device, _ in
            try device.advertiseKeys()
        } receive: { _, message in
            try coordinator.receive(message)
        }
        let advertisements = try coordinator.endAdvertising()

        let sharing = try await advance(&devices, "share keys", where: \.shares) {
            device, position in
            try device.shareKeys(with: advertisements[position] ?? [])
        } receive: { position, shares in
            try coordinator.receive(shares, from: position)
        }
        let mailboxes = try coordinator.endSharing()

        var trained: [(device: Int, parameters: [Float])] = []
        let masking = try await advance(&devices, "mask", where: \.masks) { device, position in
            let (statistic, parameters) = context.contribution(at: position)
            let masked = try device.contribute(
                statistic.dense(dimension: plan.dimension), receiving: mailboxes[position] ?? [])
            return (masked, parameters)
        } receive: { position, message in
            try coordinator.receive(message.0)
            trained.append((context.cohort.devices[position], message.1))
        }
        let requests = try coordinator.endMasking(committing: commit)

        let unmasking = try await advance(&devices, "unmask", where: \.unmasks) {
            device, position in
            try device.unmask(
                requests[position] ?? .init(survivors: [], dropped: [], survivorCount: 0))
        } receive: { _, shares in
            try coordinator.receive(shares)
        }
        precondition(keys >= sharing && sharing >= masking && masking >= unmasking)
        let unmasked = try coordinator.reveal()
        return try RoundSum.decoded(
            unmasked, plan: plan, session: context.session, survivors: masking,
            privateParameters: trained)
    }

    private func join(_ parameters: AggregationParameters) async throws -> [Device] {
        let encoder = try PrivateSumEncoder(plan: plan, session: parameters.session)
        let neighbours = parameters.makeNeighbourGraph()
        return try await context.parallel.map(context.cohort.devices.count) { position in
            let number = context.cohort.devices[position]
            return try Device(
                encoder: encoder, parameters: parameters, device: position, graph: neighbours,
                noise: context.randomness("noise", number),
                keys: context.randomness("keys", number))
        }
    }

    /// Takes every device that is still there through one step, in parallel, and its messages to the
    /// coordinator in the order of positions. Returns the number of devices.
    private func advance<Message: Sendable>(
        _ devices: inout [Device], _ step: String, where isThere: (Fate) -> Bool,
        send: @escaping @Sendable (inout Device, Int) throws -> Message,
        receive: (Int, Message) throws -> Void
    ) async throws -> Int {
        let positions = devices.indices.filter { isThere(context.cohort.fates[$0]) }
        for start in stride(from: 0, to: positions.count, by: batch) {
            try context.interruption.check()
            let current = Array(positions[start..<min(start + batch, positions.count)])
            let before = devices
            let answers = try await context.parallel.map(current.count, chunk: 4) { index in
                var device = before[current[index]]
                return (try send(&device, current[index]), device)
            }
            for (position, (message, device)) in zip(current, answers) {
                devices[position] = device
                try receive(position, message)
            }
            context.progress(step, start + current.count, positions.count)
        }
        return positions.count
    }
}

extension RoundSum {
    /// The outcome of an integer sum.
    static func decoded(
        _ unmasked: [UInt32], plan: PrivateSumPlan, session: [UInt8], survivors: Int,
        privateParameters: [(device: Int, parameters: [Float])]
    ) throws -> RoundSum {
        var hash = BLAKE2b(context: "covey unmasked sum")
        hash.update(
            unmasked.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
        )
        return RoundSum(
            sum: NoisySum(
                values: try PrivateSumDecoder(plan: plan, session: session).decode(unmasked),
                noiseStandardDeviation: plan.sumStandardDeviation(survivors: survivors),
                contributors: survivors),
            privateParameters: privateParameters,
            digest: PrivacyLedger.hexadecimal(hash.finalize()))
    }
}
