import SecureAggregation
import Sodium

/// Where a device leaves a session.
enum Fate: Int, CaseIterable {
    case absent, afterAdvertising, afterSharing, afterMasking, stays
}

/// A whole masked sum in memory, for tests to run or to stop half-way.
struct MaskedSum {
    let parameters: AggregationParameters
    let vectors: [[UInt32]]
    var coordinator: AggregationCoordinator
    var devices: [AggregationDevice<SeededRandomness>]

    init(
        cohortSize: Int, degree: Int, threshold: Int, minimumSurvivors: Int = 2,
        vectorLength: Int = 5, modulusBits: Int = 20, seed: UInt64 = 1
    ) throws {
        var randomness = SeededRandomness(seed: seed, label: "session")
        var session = [UInt8](repeating: 0, count: 32)
        randomness.fill(&session)
        let parameters = try AggregationParameters(
            session: session, cohortSize: cohortSize, vectorLength: vectorLength,
            modulusBits: modulusBits, graph: GraphSecurity(degree: degree, threshold: threshold),
            minimumSurvivors: minimumSurvivors)
        self.parameters = parameters
        coordinator = AggregationCoordinator(parameters: parameters)
        vectors = (0..<cohortSize).map { _ in
            var vector = [UInt32](repeating: 0, count: vectorLength)
            randomness.fill(&vector)
            return vector
        }
        devices = try (0..<cohortSize).map {
            try AggregationDevice(
                parameters: parameters, device: $0,
                randomness: SeededRandomness(seed: seed, label: "device", "\($0)"))
        }
    }

    /// The exact sum of the vectors of `members`.
    func plainSum(of members: some Sequence<Int>) -> [UInt32] {
        var sum = [UInt32](repeating: 0, count: parameters.vectorLength)
        for member in members {
            for index in sum.indices { sum[index] &+= vectors[member][index] }
        }
        let mask = UInt32.max >> UInt32(32 - parameters.modulusBits)
        return sum.map { $0 & mask }
    }

    /// Runs `step` for the given devices. A device that refuses is gone, as it would be on a network.
    private mutating func each(
        _ members: [Int], _ step: (inout Self, Int) throws -> Void
    ) throws -> [Int] {
        var left: [Int] = []
        for member in members {
            do {
                try step(&self, member)
                left.append(member)
            } catch is AggregationError {}
        }
        return left
    }

    /// Step 1, after which the coordinator says what the devices are told.
    mutating func advertise(_ members: [Int]) throws -> [Int: [KeyAdvertisement]] {
        for member in members { try coordinator.receive(try devices[member].advertiseKeys()) }
        return try coordinator.endAdvertising()
    }

    mutating func share(
        _ members: [Int], _ advertisements: [Int: [KeyAdvertisement]]
    ) throws -> (left: [Int], mailboxes: [Int: [SealedShare]]) {
        let left = try each(members) { run, member in
            let shares = try run.devices[member].shareKeys(with: advertisements[member] ?? [])
            try run.coordinator.receive(shares, from: member)
        }
        return (left, try coordinator.endSharing())
    }

    mutating func mask(
        _ members: [Int], _ mailboxes: [Int: [SealedShare]]
    ) throws -> (left: [Int], requests: [Int: UnmaskingRequest]) {
        let left = try each(members) { run, member in
            try run.coordinator.receive(
                try run.devices[member].mask(
                    run.vectors[member], receiving: mailboxes[member] ?? []))
        }
        return (left, try coordinator.endMasking { _, _ in })
    }

    mutating func unmask(
        _ members: [Int], _ requests: [Int: UnmaskingRequest]
    ) throws -> [UInt32] {
        _ = try each(members) { run, member in
            guard let request = requests[member] else { return }
            try run.coordinator.receive(try run.devices[member].unmask(request))
        }
        return try coordinator.reveal()
    }

    /// Runs all four steps and returns the sum and whose vectors should be in it.
    mutating func run(_ fates: [Fate]) throws -> (sum: [UInt32], survivors: [Int]) {
        func staying(_ fate: Fate, _ members: [Int]) -> [Int] {
            members.filter { fates[$0].rawValue >= fate.rawValue }
        }
        let present = staying(.afterAdvertising, Array(devices.indices))
        let advertisements = try advertise(present)
        let (sharing, mailboxes) = try share(staying(.afterSharing, present), advertisements)
        let (survivors, requests) = try mask(staying(.afterMasking, sharing), mailboxes)
        return (try unmask(staying(.stays, survivors), requests), survivors)
    }
}
