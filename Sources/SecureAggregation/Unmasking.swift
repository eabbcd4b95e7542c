internal import Sodium

/// The last step of a masked sum at the coordinator: collects shares and restores what they belong
/// to.
struct Unmasking: Sendable {
    private let accepted: AcceptedParameters
    private let survivors: DeviceSet
    /// The devices that shared secrets.
    private let sharing: Set<Int>
    /// The devices that have answered.
    private(set) var answered: Set<Int> = []
    /// The shares of each owner, by the devices that held them.
    private var shares: [Int: [(holder: Int, bytes: [UInt8])]] = [:]

    private var parameters: AggregationParameters { accepted.parameters }

    init(accepted: AcceptedParameters, survivors: DeviceSet, sharing: Set<Int>) {
        self.accepted = accepted
        self.survivors = survivors
        self.sharing = sharing
    }

    mutating func receive(_ message: UnmaskingShares) throws(AggregationError) {
        guard survivors.contains(message.device) else { throw .unknownDevice(message.device) }
        guard !answered.contains(message.device) else { throw .duplicate(device: message.device) }
        let owners = accepted.graph.neighbours(of: message.device).filter(sharing.contains)
        try check(message.survivors, of: owners.filter(survivors.contains), message.device)
        try check(message.dropped, of: owners.filter { !survivors.contains($0) }, message.device)
        answered.insert(message.device)
        for entry in message.survivors + message.dropped {
            shares[entry.owner, default: []].append((message.device, entry.shares))
        }
    }

    private func check(
        _ entries: [UnmaskingShares.Entry], of owners: [Int], _ device: Int
    ) throws(AggregationError) {
        guard entries.map(\.owner) == owners else {
            throw .malformed(device: device, "the shares are not those asked for")
        }
        for entry in entries {
            let count =
                survivors.contains(entry.owner) ? 1 + removedComponents(of: entry.owner).count : 1
            guard SecretSharing.isShare(entry.shares.span, of: count) else {
                throw .malformed(
                    device: device,
                    "its shares of device \(entry.owner) are not \(count) of the field")
            }
        }
    }

    private func removedComponents(of owner: Int) -> [Int] {
        parameters.excessNoise.removedComponents(
            rank: survivors.rank(of: owner), survivors: survivors.count)
    }

    /// The masks that take all masks off the sum, and the seeds of the noise to be removed.
    func restore(
        _ advertisements: [Int: KeyAdvertisement]
    ) throws(AggregationError) -> (masks: [Mask], noise: [UnmaskedSum.RemovedNoise]) {
        var masks: [Mask] = []
        var noise: [UnmaskedSum.RemovedNoise] = []
        for device in survivors.devices {
            guard let commitments = advertisements[device]?.commitments else {
                throw .unknownDevice(device)
            }
            let removed = removedComponents(of: device)
            let seeds = try secrets(of: device, count: 1 + removed.count) { index, seed in
                let number = index == 0 ? 0 : 1 + removed[index - 1]
                return parameters.commitment(to: seed, number: number, of: device)
                    == commitments[number]
            }
            masks.append(Mask(seed: seeds[0], isSubtracted: true))
            for (component, seed) in zip(removed, seeds.dropFirst()) {
                noise.append(.init(device: device, component: component, seed: seed))
            }
        }
        for device in sharing.sorted() where !survivors.contains(device) {
            masks += try pairwiseMasks(of: device, advertisements)
        }
        return (masks, noise)
    }

    /// The masks that a lost device's surviving neighbours share with it, the other way round.
    private func pairwiseMasks(
        of device: Int, _ advertisements: [Int: KeyAdvertisement]
    ) throws(AggregationError) -> [Mask] {
        let peers = accepted.graph.neighbours(of: device).filter(survivors.contains)
        guard !peers.isEmpty else { return [] }
        var pair: KeyAgreement?
        _ = try secrets(of: device, count: 1) { _, secret in
            pair = try? KeyAgreement(secretKey: secret)
            return pair?.publicKey == advertisements[device]?.maskingKey
        }
        var masks: [Mask] = []
        for peer in peers {
            guard let key = advertisements[peer]?.maskingKey,
                let seed = try? pair?.sharedKey(with: key, context: parameters.context("mask"))
            else { throw .inconsistentShares(device: peer) }
            masks.append(Mask(pairSeed: seed, of: peer, with: device).inverse)
        }
        return masks
    }

    /// How many choices of shares are tried where some are forged.
    private static let mostAttempts = 128

    /// Restores `count` secrets of a device, each of which must pass `isRight`. Where the first
    /// shares do not pass, some of them are forged: random choices of others are tried. With one
    /// share in twenty forged and a threshold of twenty, one choice in three passes.
    private func secrets(
        of device: Int, count: Int, isRight: (Int, SecretBytes) -> Bool
    ) throws(AggregationError) -> [SecretBytes] {
        let needed = parameters.graph.threshold
        var held = (shares[device] ?? []).sorted { $0.holder < $1.holder }
        guard held.count >= needed else {
            throw .tooFewDevices(
                step: "unmask (shares of device \(device))", left: held.count, needed: needed)
        }
        var choices = PublicRandomness(seed: parameters.session, label: "covey restored shares")
        attempts: for attempt in 0..<Self.mostAttempts {
            guard attempt == 0 || held.count > needed else { break }
            if attempt > 0 { held = choices.permutation(of: held.count).map { held[$0] } }
            let chosen = held.prefix(needed)
            let weights = SecretSharing.weights(of: chosen.map(\.holder))
            var secrets: [SecretBytes] = []
            for index in 0..<count {
                let place = index * SecretSharing.shareLength
                let restored = SecretSharing.restore(
                    chosen.map { $0.bytes[place..<place + SecretSharing.shareLength] },
                    weights: weights)
                guard let restored, isRight(index, restored) else { continue attempts }
                secrets.append(restored)
            }
            return secrets
        }
        throw .inconsistentShares(device: device)
    }
}
