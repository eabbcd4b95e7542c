internal import FederatedProtocol
internal import PrivacyLedger
internal import PrivateAggregation
import Recommender
internal import SecureAggregation
internal import Sodium
internal import VectorKernels

/// A round as it is in the deployed system, without the network: every device encodes, noises,
/// masks and signs on its own, and the coordinator sees the unmasked noisy sum. Only what all
/// devices of this process would check in the same way, the signatures, is checked once for all of
/// them.
struct RealSummation<Algorithm: FederatedAlgorithm> {
    private typealias Device = PrivateSumDevice<SeededRandomness>

    let context: RoundContext<Algorithm>
    let training: TrainingPlan
    let plan: PrivateSumPlan

    /// Devices a batch: bounds the memory that messages take.
    private let batch = 256

    func sum(of members: CohortRoster, committing commit: Commitment) async throws -> RoundSum {
        let parameters = try training.aggregationParameters(
            of: plan, round: context.number, session: context.session,
            rosterRoot: members.roster.root)
        let accepted = try training.terms(of: plan, round: context.number).accept(parameters)
        var coordinator = try AggregationCoordinator(
            parameters: parameters, roster: members.roster)
        var devices = try await join(accepted, members)

        try await advance(&devices, "advertise keys", members, where: \.advertises) { device, _ in
            try device.advertiseKeys()
        } receive: { _, message in
            try coordinator.receive(message)
        }
        try coordinator.endAdvertising()

        let introducing = coordinator
        let peers = try await context.parallel.map(devices.count) { number in
            try introducing.introduction(of: number)?.verified(under: parameters)
        }
        try await advance(&devices, "share keys", members, where: \.shares) { device, number in
            try device.shareKeys(
                with: accepted.graph.neighbours(of: number).compactMap { peers[$0] })
        } receive: { number, shares in
            try coordinator.receive(shares, from: number)
        }
        try coordinator.endSharing()

        var trained: [(device: Int, parameters: [Float])] = []
        let delivering = coordinator
        try await advance(&devices, "mask", members, where: \.masks) { device, number in
            let (statistic, parameters) = context.contribution(at: members.positions[number])
            let masked = try device.contribute(
                statistic.dense(dimension: plan.dimension),
                receiving: delivering.shares(for: number))
            return (masked, parameters)
        } receive: { number, message in
            try coordinator.receive(message.0)
            trained.append((context.cohort.devices[members.positions[number]], message.1))
        }
        let survivors = try coordinator.endMasking()

        for number in accepted.committee where survivors.contains(number) {
            guard context.cohort.fates[members.positions[number]].unmasks else { continue }
            try coordinator.receive(try devices[number].endorse(survivors))
        }
        try coordinator.endEndorsing { survivors, perStep in
            try commit(survivors.devices.map { members.positions[$0] }.sorted(), perStep)
        }
        let verified = try coordinator.unmaskingRequest().verified(by: accepted)
        try await advance(&devices, "unmask", members, where: \.unmasks) { device, _ in
            try device.unmask(verified)
        } receive: { _, shares in
            try coordinator.receive(shares)
        }
        let decoder = PrivateSumDecoder(plan: plan, session: context.session)
        return try RoundSum.decoded(
            try decoder.removeExcessNoise(from: try coordinator.reveal()), plan: plan,
            session: context.session, survivors: survivors.count, privateParameters: trained)
    }

    private func join(
        _ accepted: AcceptedParameters, _ members: CohortRoster
    ) async throws -> [Device] {
        let encoder = try PrivateSumEncoder(plan: plan, session: context.session)
        return try await context.parallel.map(context.cohort.devices.count) { number in
            let device = context.cohort.devices[members.positions[number]]
            return try Device(
                encoder: encoder, accepted: accepted, membership: members.roster.member(number),
                identity: members.identities[number], noise: context.randomness("noise", device),
                keys: context.randomness("keys", device))
        }
    }

    /// Takes every device that is still there through one step, in parallel, and its messages to
    /// the coordinator in the order of their numbers.
    private func advance<Message: Sendable>(
        _ devices: inout [Device], _ step: String, _ members: CohortRoster,
        where isThere: (Fate) -> Bool,
        send: @escaping @Sendable (inout Device, Int) throws -> Message,
        receive: (Int, Message) throws -> Void
    ) async throws {
        let numbers = devices.indices.filter {
            isThere(context.cohort.fates[members.positions[$0]])
        }
        for start in stride(from: 0, to: numbers.count, by: batch) {
            try context.interruption.check()
            let current = Array(numbers[start..<min(start + batch, numbers.count)])
            let before = current.map { devices[$0] }
            let answers = try await context.parallel.map(current.count, chunk: 4) { index in
                var device = before[index]
                return (try send(&device, current[index]), device)
            }
            for (number, (message, device)) in zip(current, answers) {
                devices[number] = device
                try receive(number, message)
            }
            context.progress(step, start + current.count, numbers.count)
        }
    }
}

extension RoundSum {
    /// The outcome of an integer sum without excess noise.
    static func decoded(
        _ sum: RingVector, plan: PrivateSumPlan, session: [UInt8], survivors: Int,
        privateParameters: [(device: Int, parameters: [Float])]
    ) throws -> RoundSum {
        var hash = BLAKE2b(context: "covey unmasked sum")
        hash.update(sum.packed())
        let estimate = try PrivateSumDecoder(plan: plan, session: session)
            .decode(sum, survivors: survivors)
        return RoundSum(
            sum: NoisySum(
                values: estimate.values, noiseStandardDeviation: estimate.standardDeviation,
                contributors: survivors),
            privateParameters: privateParameters,
            digest: hexadecimal(hash.finalize()))
    }
}
