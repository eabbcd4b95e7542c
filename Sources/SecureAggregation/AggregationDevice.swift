public import Sodium
internal import VectorKernels

/// The device's side of a masked sum (Bonawitz et al., CCS 2017, figure 4), as a state machine
/// without I/O. The steps must be called in order, once each:
/// ``advertiseKeys()``, ``shareKeys(with:)``, ``mask(_:receiving:)``, ``unmask(_:)``.
///
/// A thrown error ends the session: every later call throws as well.
public struct AggregationDevice<Randomness: RandomSource>: Sendable {
    /// The public parameters that this device agreed to.
    public let parameters: AggregationParameters
    /// This device's number in the cohort.
    public let device: Int

    private var randomness: Randomness
    private let neighbours: [Int]
    private var phase: Phase = .ready

    private enum Phase: Sendable {
        case ready
        case advertised(Secrets)
        case shared(Secrets, peers: [Int: Peer])
        case masked(peers: [Int: HeldShares])
        case ended
    }

    /// What the device must forget when the session ends.
    private struct Secrets: Sendable {
        let encryption: KeyAgreement
        let masking: KeyAgreement
        let selfMaskSeed: SecretBytes
    }

    private struct Peer: Sendable {
        let maskingKey: [UInt8]
        let sealingKey: SecretBytes
    }

    private struct HeldShares: Sendable {
        let selfMaskSeed: SecretSharing.Share
        let maskingKey: SecretSharing.Share
    }

    /// Joins a cohort as number `device`.
    ///
    /// - Parameters:
    ///   - parameters: The public parameters.
    ///   - device: This device's number, from 0.
    ///   - graph: The graph of `parameters`, where the caller has built it already.
    ///   - randomness: ``Sodium/SystemRandomness``, or a seeded source in a simulation.
    public init(
        parameters: AggregationParameters, device: Int, graph: NeighbourGraph? = nil,
        randomness: Randomness
    ) throws(AggregationError) {
        guard (0..<parameters.cohortSize).contains(device) else { throw .unknownDevice(device) }
        self.parameters = parameters
        self.device = device
        self.randomness = randomness
        neighbours = (graph ?? parameters.makeNeighbourGraph()).neighbours(of: device)
    }

    /// Step 1: draws two key pairs and a self-mask seed, and publishes the public keys and a commitment
    /// to the seed.
    public mutating func advertiseKeys() throws(AggregationError) -> KeyAdvertisement {
        guard case .ready = phase else { throw outOfOrder("keys were advertised before") }
        let secrets = Secrets(
            encryption: KeyAgreement(from: &randomness), masking: KeyAgreement(from: &randomness),
            selfMaskSeed: SecretBytes(count: SecretSharing.secretLength, from: &randomness))
        phase = .advertised(secrets)
        return KeyAdvertisement(
            device: device, encryptionKey: secrets.encryption.publicKey,
            maskingKey: secrets.masking.publicKey,
            selfMaskCommitment: parameters.commitment(to: secrets.selfMaskSeed, of: device))
    }

    /// Step 2: shares both secrets among the neighbours that advertised keys.
    ///
    /// - Parameter advertisements: Those of this device's neighbours that are still there.
    /// - Throws: Where a sender is no neighbour, a key is repeated or weak, or fewer than the
    ///   threshold are left.
    public mutating func shareKeys(
        with advertisements: [KeyAdvertisement]
    ) throws(AggregationError) -> [SealedShare] {
        guard case .advertised(let secrets) = phase else {
            throw outOfOrder("keys can be shared once, after they are advertised")
        }
        phase = .ended
        try checkSenders(advertisements.map(\.device), step: "advertise keys")
        var keys = Set([secrets.encryption.publicKey, secrets.masking.publicKey])
        var peers: [Int: Peer] = [:]
        for advertisement in advertisements {
            guard keys.insert(advertisement.encryptionKey).inserted,
                keys.insert(advertisement.maskingKey).inserted
            else {
                throw .malformed(device: advertisement.device, "a public key appears twice")
            }
            peers[advertisement.device] = Peer(
                maskingKey: advertisement.maskingKey,
                sealingKey: try agree(
                    secrets.encryption, advertisement.encryptionKey, "share",
                    with: advertisement.device))
        }
        let receivers = advertisements.map(\.device)
        let seedShares = SecretSharing.split(
            secrets.selfMaskSeed, among: receivers, threshold: parameters.graph.threshold,
            randomness: &randomness)
        let keyShares = SecretSharing.split(
            secrets.masking.secretKey, among: receivers, threshold: parameters.graph.threshold,
            randomness: &randomness)
        var sealed: [SealedShare] = []
        sealed.reserveCapacity(receivers.count)
        for (index, receiver) in receivers.enumerated() {
            guard let peer = peers[receiver] else { throw .unknownDevice(receiver) }
            do {
                sealed.append(
                    SealedShare(
                        sender: device, receiver: receiver,
                        ciphertext: try AuthenticatedEncryption.seal(
                            seedShares[index].bytes + keyShares[index].bytes, key: peer.sealingKey,
                            nonce: parameters.nonce(from: device, to: receiver),
                            associatedData: parameters.associatedData(from: device, to: receiver))))
            } catch {
                throw .malformed(device: receiver, error.description)
            }
        }
        phase = .shared(secrets, peers: peers)
        return sealed
    }

    /// Step 3: opens the shares of the neighbours that are still there and masks the vector with the
    /// self mask and one pairwise mask for each of them.
    ///
    /// - Parameters:
    ///   - vector: `vectorLength` elements; only their low `modulusBits` bits count.
    ///   - shares: One from each neighbour that sent shares.
    /// - Throws: Where a share is forged, repeated or not from a neighbour, or too few came.
    public mutating func mask(
        _ vector: [UInt32], receiving shares: [SealedShare]
    ) throws(AggregationError) -> MaskedInput {
        guard case .shared(let secrets, let peers) = phase else {
            throw outOfOrder("a vector can be masked once, after keys are shared")
        }
        phase = .ended
        guard vector.count == parameters.vectorLength else {
            throw .malformed(
                device: device,
                "the vector has \(vector.count) elements, not \(parameters.vectorLength)")
        }
        try checkSenders(shares.map(\.sender), step: "share keys")
        var masked = vector
        var held: [Int: HeldShares] = [:]
        for share in shares {
            guard let peer = peers[share.sender] else { throw .unknownDevice(share.sender) }
            held[share.sender] = try open(share, from: peer)
            let seed = try agree(secrets.masking, peer.maskingKey, "mask", with: share.sender)
            do {
                try applyPairwiseMask(seed, of: device, with: share.sender, to: &masked)
            } catch { throw .malformed(device: share.sender, error.description) }
        }
        do {
            try Mask(seed: secrets.selfMaskSeed).add(to: &masked)
        } catch { throw .malformed(device: device, error.description) }
        phase = .masked(peers: held)
        return MaskedInput(
            device: device, packed: Ring.pack(masked, bits: parameters.modulusBits))
    }

    /// Step 4: hands out one kind of share for each neighbour that shared secrets: of the self-mask
    /// seed if its vector is in the sum, of the masking key if it is lost.
    ///
    /// - Throws: Where a neighbour is named on both sides or on none, is unknown, the sum has fewer
    ///   vectors than agreed, or fewer neighbours than the threshold survive: this device's own seed
    ///   could not be restored then, so that an honest coordinator gains nothing from an answer.
    public mutating func unmask(
        _ request: UnmaskingRequest
    ) throws(AggregationError) -> UnmaskingShares {
        guard case .masked(let held) = phase else {
            throw outOfOrder("shares are handed out once, after masking")
        }
        phase = .ended
        guard request.survivorCount >= parameters.minimumSurvivors else {
            throw .tooFewDevices(
                step: "mask", left: request.survivorCount, needed: parameters.minimumSurvivors)
        }
        guard request.survivorCount > request.survivors.count else {
            throw .inconsistentSurvivors("the survivors do not include the device itself")
        }
        guard request.survivorCount <= parameters.cohortSize else {
            throw .inconsistentSurvivors("the sum has more vectors than the cohort has devices")
        }
        guard request.survivors.count >= parameters.graph.threshold else {
            throw .tooFewDevices(
                step: "mask (neighbours)", left: request.survivors.count,
                needed: parameters.graph.threshold)
        }
        let named = request.survivors + request.dropped
        guard Set(named).count == named.count else {
            throw .inconsistentSurvivors("a device is named twice")
        }
        if let stranger = named.first(where: { held[$0] == nil }) {
            throw .unknownDevice(stranger)
        }
        guard named.count == held.count else {
            throw .inconsistentSurvivors(
                "\(held.count - named.count) neighbours are neither in the sum nor lost")
        }
        return UnmaskingShares(
            device: device,
            selfMaskSeeds: request.survivors.compactMap { owner in
                held[owner].map { .init(owner: owner, share: $0.selfMaskSeed.bytes) }
            },
            maskingKeys: request.dropped.compactMap { owner in
                held[owner].map { .init(owner: owner, share: $0.maskingKey.bytes) }
            })
    }

    private mutating func outOfOrder(_ reason: String) -> AggregationError {
        phase = .ended
        return .unexpectedStep(reason)
    }

    /// Checks that the senders are distinct neighbours and enough for the threshold.
    private func checkSenders(_ senders: [Int], step: String) throws(AggregationError) {
        var missing = Set(neighbours)
        for sender in senders where missing.remove(sender) == nil {
            throw neighbours.contains(sender) ? .duplicate(device: sender) : .unknownDevice(sender)
        }
        guard senders.count >= parameters.graph.threshold else {
            throw .tooFewDevices(
                step: step, left: senders.count, needed: parameters.graph.threshold)
        }
    }

    private func agree(
        _ pair: KeyAgreement, _ key: [UInt8], _ purpose: StaticString, with peer: Int
    ) throws(AggregationError) -> SecretBytes {
        do {
            return try pair.sharedKey(with: key, context: parameters.context(purpose))
        } catch { throw .malformed(device: peer, error.description) }
    }

    private func open(_ sealed: SealedShare, from peer: Peer) throws(AggregationError) -> HeldShares
    {
        guard sealed.receiver == device else { throw .forgedShare(from: sealed.sender) }
        let opened = try? AuthenticatedEncryption.open(
            sealed.ciphertext, key: peer.sealingKey,
            nonce: parameters.nonce(from: sealed.sender, to: device),
            associatedData: parameters.associatedData(from: sealed.sender, to: device))
        guard let opened,
            let seed = SecretSharing.Share(bytes: opened.prefix(SecretSharing.shareLength)),
            let key = SecretSharing.Share(bytes: opened.dropFirst(SecretSharing.shareLength))
        else { throw .forgedShare(from: sealed.sender) }
        return HeldShares(selfMaskSeed: seed, maskingKey: key)
    }
}
