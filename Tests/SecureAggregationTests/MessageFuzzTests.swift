import SecureAggregation
import Sodium
import Testing

/// Random changes to messages.
private struct Mutator {
    var randomness: SeededRandomness
    let cohort: Int

    mutating func chance(_ oneIn: Int) -> Bool {
        Int.random(in: 0..<oneIn, using: &randomness) == 0
    }

    mutating func mutate(_ number: inout Int) {
        number =
            [-1, 0, number + 1, cohort, .max, .min, Int.random(in: 0..<cohort, using: &randomness)]
            .randomElement(using: &randomness) ?? 0
    }

    mutating func mutate(_ bytes: inout [UInt8]) {
        switch Int.random(in: 0..<5, using: &randomness) {
        case 0: bytes = Array(bytes.dropLast(Int.random(in: 1...40, using: &randomness)))
        case 1: bytes.append(UInt8.random(in: 0...255, using: &randomness))
        case 2: bytes = [UInt8](repeating: UInt8.random(in: 0...1, using: &randomness), count: 32)
        case 3: randomness.fill(&bytes)
        default:
            guard let index = bytes.indices.randomElement(using: &randomness) else { return }
            bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &randomness)
        }
    }

    mutating func mutate<Element>(
        _ list: inout [Element], element: (inout Self, inout Element) -> Void
    ) {
        guard let index = list.indices.randomElement(using: &randomness),
            let other = list.indices.randomElement(using: &randomness)
        else { return }
        switch Int.random(in: 0..<6, using: &randomness) {
        case 0: list.remove(at: index)
        case 1: list.append(list[index])
        case 2: list.swapAt(index, other)
        case 3: list = []
        default: element(&self, &list[index])
        }
    }

    mutating func mutate(_ keys: inout KeyAdvertisement) {
        switch Int.random(in: 0..<4, using: &randomness) {
        case 0: mutate(&keys.device)
        case 1: mutate(&keys.encryptionKey)
        case 2: mutate(&keys.maskingKey)
        default: mutate(&keys.selfMaskCommitment)
        }
    }

    mutating func mutate(_ share: inout SealedShare) {
        switch Int.random(in: 0..<3, using: &randomness) {
        case 0: mutate(&share.sender)
        case 1: mutate(&share.receiver)
        default: mutate(&share.ciphertext)
        }
    }

    mutating func mutate(_ input: inout MaskedInput) {
        if chance(2) { mutate(&input.device) } else { mutate(&input.packed) }
    }

    mutating func mutate(_ request: inout UnmaskingRequest) {
        switch Int.random(in: 0..<4, using: &randomness) {
        case 0: mutate(&request.survivors) { $0.mutate(&$1) }
        case 1: mutate(&request.dropped) { $0.mutate(&$1) }
        case 2: swap(&request.survivors, &request.dropped)
        default: mutate(&request.survivorCount)
        }
    }

    private mutating func mutate(_ entry: inout UnmaskingShares.Entry) {
        if chance(2) { mutate(&entry.owner) } else { mutate(&entry.share) }
    }

    mutating func mutate(_ shares: inout UnmaskingShares) {
        switch Int.random(in: 0..<4, using: &randomness) {
        case 0: mutate(&shares.device)
        case 1: mutate(&shares.selfMaskSeeds) { $0.mutate(&$1) }
        case 2: mutate(&shares.maskingKeys) { $0.mutate(&$1) }
        default: swap(&shares.selfMaskSeeds, &shares.maskingKeys)
        }
    }
}

@Suite struct MessageFuzzTests {
    /// What became of one fuzzed session.
    private enum Outcome { case sum, undetectable, refused }

    /// Runs a session in which one message in `oneIn` is changed. What the coordinator refuses is sent
    /// again as it was; a device that refuses is gone.
    ///
    /// Masked vectors and masking keys cannot be checked, so that a session with a changed one that
    /// was accepted promises no sum; the transport authenticates them.
    private func fuzz(_ run: MaskedSum, seed: UInt64) throws -> Outcome {
        var run = run
        let cohort = run.devices.count
        var mutator = Mutator(
            randomness: SeededRandomness(seed: seed, label: "fuzz"), cohort: cohort)
        let oneIn = [8, 20, 60][Int(seed % 3)]
        var undetectable = false

        func deliver<Message: Equatable>(
            _ message: Message, checked: Bool, _ mutate: (inout Mutator, inout Message) -> Void,
            _ receive: (inout AggregationCoordinator, Message) throws -> Void
        ) throws {
            var changed = message
            if mutator.chance(oneIn) { mutate(&mutator, &changed) }
            do {
                try receive(&run.coordinator, changed)
                if changed != message && !checked { undetectable = true }
            } catch is AggregationError where changed != message {
                do { try receive(&run.coordinator, message) } catch is AggregationError {}
            } catch AggregationError.duplicate {
                // Another device's message was changed to bear this device's number.
            } catch AggregationError.malformed where undetectable {
                // Another device's message was changed to bear this device's key.
            }
        }
        func each(_ members: [Int], _ step: (Int) throws -> Void) throws -> [Int] {
            try members.filter {
                do {
                    try step($0)
                    return true
                } catch is AggregationError { return false }
            }
        }

        do {
            var left = try each(Array(0..<cohort)) { device in
                let keys = try run.devices[device].advertiseKeys()
                try deliver(keys, checked: false, { $0.mutate(&$1) }, { try $0.receive($1) })
            }
            let told = try run.coordinator.endAdvertising()
            left = try each(left) { device in
                var keys = told[device] ?? []
                if mutator.chance(oneIn) {
                    mutator.mutate(&keys) { $0.mutate(&$1) }
                    undetectable = true
                }
                let shares = try run.devices[device].shareKeys(with: keys)
                try deliver(
                    shares, checked: true, { $0.mutate(&$1) { $0.mutate(&$1) } },
                    { try $0.receive($1, from: device) })
            }
            let mailboxes = try run.coordinator.endSharing()
            left = try each(left) { device in
                var shares = mailboxes[device] ?? []
                if mutator.chance(oneIn) {
                    mutator.mutate(&shares) { $0.mutate(&$1) }
                    // A device that is told of fewer shares leaves out their masks.
                    if shares.count < mailboxes[device]?.count ?? 0 { undetectable = true }
                }
                let input = try run.devices[device].mask(run.vectors[device], receiving: shares)
                try deliver(input, checked: false, { $0.mutate(&$1) }, { try $0.receive($1) })
            }
            var survivors: [Int] = []
            let requests = try run.coordinator.endMasking { told, _ in survivors = told }
            _ = try each(left) { device in
                guard var request = requests[device] else { return }
                if mutator.chance(oneIn) { mutator.mutate(&request) }
                let shares = try run.devices[device].unmask(request)
                try deliver(
                    shares, checked: true, { $0.mutate(&$1) }, { try $0.receive($1) })
            }
            let sum = try run.coordinator.reveal()
            guard !undetectable else { return .undetectable }
            #expect(sum == run.plainSum(of: survivors), "seed \(seed)")
            return .sum
        } catch is AggregationError { return .refused }
    }

    @Test func `changed messages never trap and never falsify a sum`() throws {
        let complete = try MaskedSum(cohortSize: 6, degree: 5, threshold: 2)
        let sparse = try MaskedSum(cohortSize: 12, degree: 6, threshold: 2)
        var outcomes: [Outcome: Int] = [:]
        for seed in 0..<1500 {
            let run = seed % 5 == 0 ? sparse : complete
            outcomes[try fuzz(run, seed: UInt64(seed)), default: 0] += 1
        }
        #expect(outcomes[.sum, default: 0] > 150)
        #expect(outcomes[.refused, default: 0] > 150)
    }
}
