public import Sodium
public import VectorKernels

/// The device's side of a masked sum (Bonawitz et al., CCS 2017, figure 4, with signed keys and
/// survivors), as a state machine without I/O. The steps must be called in order, once each:
/// ``advertiseKeys()``, ``shareKeys(with:)``, ``mask(_:receiving:)``, on committee members
/// ``endorse(_:)``, ``unmask(_:)``.
///
/// A thrown error ends the session: every later call throws as well.
public struct AggregationDevice<Randomness: RandomSource>: Sendable {
    /// The public parameters that this device agreed to.
    public let accepted: AcceptedParameters
    /// This device's number in the cohort.
    public let device: Int

    private let identity: SigningKey
    private var phase: Phase

    /// Each phase holds what the next step needs, and no more: what is not in it is erased.
    private enum Phase: Sendable {
        case ready(Randomness, noiseSeeds: [SecretBytes])
        case advertised(Secrets, Randomness, noiseSeeds: [SecretBytes])
        case shared(Secrets, peers: [Int: Peer])
        case masked(Held, endorsed: DeviceSet?)
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

    private struct Held: Sendable {
        /// The devices that the vector is masked for, as far as they are neighbours.
        let sharers: DeviceSet
        /// The shares of each neighbour among them.
        let shares: [Int: SecretBytes]
    }

    /// Joins a cohort.
    ///
    /// - Parameters:
    ///   - accepted: The parameters, accepted by this device's ``AggregationTerms``.
    ///   - membership: This device's place in the roster.
    ///   - identity: This device's enrolled key.
    ///   - noiseSeeds: The 32-byte seeds of the device's removable noise, by component.
    ///   - randomness: ``Sodium/SystemRandomness``, or a seeded source in a simulation.
    /// - Throws: ``AggregationError/notInRoster(device:)`` where the place is not this device's.
    public init(
        accepted: AcceptedParameters, membership: RosterMember, identity: SigningKey,
        noiseSeeds: [SecretBytes] = [], randomness: Randomness
    ) throws(AggregationError) {
        guard noiseSeeds.count == accepted.parameters.excessNoise.componentCount,
            noiseSeeds.allSatisfy({ $0.count == SecretSharing.secretLength })
        else {
            throw .invalidParameters(
                "\(accepted.parameters.excessNoise.componentCount) noise seeds of "
                    + "\(SecretSharing.secretLength) bytes are needed")
        }
        try membership.check(against: accepted.parameters)
        guard membership.identity == identity.publicKey else {
            throw .notInRoster(device: membership.device)
        }
        self.accepted = accepted
        device = membership.device
        self.identity = identity
        phase = .ready(randomness, noiseSeeds: noiseSeeds)
    }

    private var parameters: AggregationParameters { accepted.parameters }

    /// Whether this device signs the set of survivors.
    public var isInCommittee: Bool { accepted.committee.contains(device) }

    /// Step 1: draws two key pairs and a self-mask seed; publishes the public keys and commitments
    /// to all seeds, signed.
    public mutating func advertiseKeys() throws(AggregationError) -> KeyAdvertisement {
        guard case .ready(var randomness, let noiseSeeds) = phase else {
            throw outOfOrder("keys were advertised before")
        }
        let secrets = Secrets(
            encryption: KeyAgreement(from: &randomness), masking: KeyAgreement(from: &randomness),
            selfMaskSeed: SecretBytes(count: SecretSharing.secretLength, from: &randomness))
        phase = .advertised(secrets, randomness, noiseSeeds: noiseSeeds)
        var advertisement = KeyAdvertisement(
            device: device, encryptionKey: secrets.encryption.publicKey,
            maskingKey: secrets.masking.publicKey,
            commitments: ([secrets.selfMaskSeed] + noiseSeeds).enumerated().map {
                parameters.commitment(to: $1, number: $0, of: device)
            }, signature: [])
        advertisement.signature = identity.sign(advertisement.signedHash(under: parameters))
        return advertisement
    }

    /// Step 2: shares all secrets among the neighbours that advertised keys.
    ///
    /// - Parameter peers: Those of this device's neighbours that are still there.
    /// - Throws: Where a peer is no neighbour, a key is repeated or weak, or fewer than the
    ///   threshold are left.
    public mutating func shareKeys(
        with peers: [VerifiedPeer]
    ) throws(AggregationError) -> [SealedShare] {
        guard case .advertised(let secrets, var randomness, let noiseSeeds) = phase else {
            throw outOfOrder("keys can be shared once, after they are advertised")
        }
        phase = .ended
        guard peers.allSatisfy({ $0.digest == parameters.digest }) else { throw .otherSession }
        let advertisements = peers.map(\.advertisement)
        let receivers = advertisements.map(\.device)
        try checkSenders(receivers, step: "advertise keys")
        var keys = Set([secrets.encryption.publicKey, secrets.masking.publicKey])
        var known: [Int: Peer] = [:]
        for advertisement in advertisements {
            guard keys.insert(advertisement.encryptionKey).inserted,
                keys.insert(advertisement.maskingKey).inserted
            else {
                throw .malformed(device: advertisement.device, "a public key appears twice")
            }
            known[advertisement.device] = Peer(
                maskingKey: advertisement.maskingKey,
                sealingKey: try agree(
                    secrets.encryption, advertisement.encryptionKey, "share",
                    with: advertisement.device))
        }
        let shares = SecretSharing.split(
            [secrets.selfMaskSeed, secrets.masking.secretKey] + noiseSeeds, among: receivers,
            threshold: parameters.graph.threshold, randomness: &randomness)
        var sealed: [SealedShare] = []
        sealed.reserveCapacity(receivers.count)
        for (receiver, share) in zip(receivers, shares) {
            guard let peer = known[receiver] else { throw .unknownDevice(receiver) }
            do {
                sealed.append(
                    SealedShare(
                        sender: device, receiver: receiver,
                        ciphertext: try AuthenticatedEncryption.seal(
                            share, key: peer.sealingKey,
                            nonce: parameters.nonce(from: device, to: receiver),
                            associatedData: parameters.associatedData(from: device, to: receiver))))
            } catch {
                throw .malformed(device: receiver, error.description)
            }
        }
        phase = .shared(secrets, peers: known)
        return sealed
    }

    /// Step 3: opens the shares of the neighbours that are still there, masks the vector with the
    /// self mask and one pairwise mask for each of them, and signs that it did.
    ///
    /// - Parameters:
    ///   - vector: `vectorLength` elements of `modulusBits` bits.
    ///   - delivered: Who shared keys, and one share from each neighbour that did.
    /// - Throws: Where a share is forged, repeated, withheld or not from a neighbour, or too few
    ///   came.
    public mutating func mask(
        _ vector: consuming RingVector, receiving delivered: DeliveredShares
    ) throws(AggregationError) -> MaskedInput {
        guard case .shared(let secrets, let peers) = phase else {
            throw outOfOrder("a vector can be masked once, after keys are shared")
        }
        phase = .ended
        guard vector.count == parameters.vectorLength, vector.bits == parameters.modulusBits else {
            throw .malformed(
                device: device,
                "the vector has \(vector.count) elements of \(vector.bits) bits, not "
                    + "\(parameters.vectorLength) of \(parameters.modulusBits)")
        }
        let (sharers, shares) = (delivered.sharers, delivered.shares)
        guard sharers.cohortSize == parameters.cohortSize, sharers.contains(device) else {
            throw .undecodable("the devices that shared keys do not include this one")
        }
        guard sharers.count >= parameters.minimumSurvivors else {
            throw .tooFewDevices(
                step: "share keys", left: sharers.count, needed: parameters.minimumSurvivors)
        }
        try checkSenders(shares.map(\.sender), step: "share keys")
        let senders = Set(shares.map(\.sender))
        for neighbour in accepted.graph.neighbours(of: device)
        where sharers.contains(neighbour) != senders.contains(neighbour) {
            throw senders.contains(neighbour)
                ? .unknownDevice(neighbour) : .withheldShare(of: neighbour)
        }
        var held: [Int: SecretBytes] = [:]
        var masks = [Mask(seed: secrets.selfMaskSeed)]
        for share in shares {
            guard let peer = peers[share.sender] else { throw .unknownDevice(share.sender) }
            held[share.sender] = try open(share, from: peer)
            masks.append(
                Mask(
                    pairSeed: try agree(
                        secrets.masking, peer.maskingKey, "mask", with: share.sender),
                    of: device, with: share.sender))
        }
        vector.apply(masks)
        phase = .masked(Held(sharers: sharers, shares: held), endorsed: nil)
        return MaskedInput(
            device: device,
            inclusion: identity.sign(parameters.inclusionHash(of: device, sharers: sharers)),
            packed: vector.packed()[...])
    }

    /// Step 4, on members of the committee: signs the set of survivors, one only.
    ///
    /// - Throws: Where the device is no member or not in the set, or the set is too small or leaves
    ///   a gap.
    public mutating func endorse(
        _ survivors: DeviceSet
    ) throws(AggregationError) -> Endorsement {
        guard case .masked(let held, nil) = phase else {
            throw outOfOrder("one set of survivors is signed, after masking")
        }
        phase = .ended
        guard isInCommittee else { throw .unexpectedStep("the device is not in the committee") }
        try survivors.check(against: accepted, sharers: held.sharers)
        guard survivors.contains(device) else {
            throw .inconsistentSurvivors("the survivors do not include the device itself")
        }
        phase = .masked(held, endorsed: survivors)
        return Endorsement(
            device: device, signature: identity.sign(parameters.endorsedHash(of: survivors)))
    }

    /// Step 5: hands out one kind of share for each neighbour that shared secrets: of the self-mask
    /// seed and the excess noise if its vector is in the sum, of the masking key if it is lost.
    ///
    /// - Throws: Where the set is not the one that this device signed, does not include it, or
    ///   leaves fewer neighbours than the threshold (this device's own seed could not be restored
    ///   then, so that an honest coordinator gains nothing from an answer); where a neighbour in it
    ///   masked its vector for others than this device did, or has not said for whom: part of the
    ///   sum could be unmasked apart.
    public mutating func unmask(
        _ verified: VerifiedSurvivors
    ) throws(AggregationError) -> UnmaskingShares {
        guard case .masked(let held, let endorsed) = phase else {
            throw outOfOrder("shares are handed out once, after masking")
        }
        phase = .ended
        guard verified.digest == parameters.digest else { throw .otherSession }
        let survivors = verified.survivors
        guard verified.sharers == held.sharers else {
            throw .inconsistentSurvivors("other devices shared keys than this device was told")
        }
        guard endorsed == nil || endorsed == survivors else {
            throw .inconsistentSurvivors("the device signed another set of survivors")
        }
        guard survivors.contains(device) else {
            throw .inconsistentSurvivors("the survivors do not include the device itself")
        }
        let owners = held.shares.keys.sorted()
        for owner in owners where survivors.contains(owner) && !verified.included.contains(owner) {
            throw .missingInclusion(of: owner)
        }
        let left = owners.count(where: survivors.contains)
        guard left >= parameters.graph.threshold else {
            throw .tooFewDevices(
                step: "mask (neighbours)", left: left, needed: parameters.graph.threshold)
        }
        var answer = UnmaskingShares(device: device, survivors: [], dropped: [])
        for owner in owners {
            guard let shares = held.shares[owner] else { continue }
            func share(_ index: Int) -> [UInt8] {
                shares.copy(
                    index * SecretSharing.shareLength..<(index + 1) * SecretSharing.shareLength)
            }
            if survivors.contains(owner) {
                let removed = parameters.excessNoise.removedComponents(
                    rank: survivors.rank(of: owner), survivors: survivors.count)
                answer.survivors.append(
                    .init(owner: owner, shares: ([0] + removed.map { 2 + $0 }).flatMap(share)))
            } else {
                answer.dropped.append(.init(owner: owner, shares: share(1)))
            }
        }
        return answer
    }

    private mutating func outOfOrder(_ reason: String) -> AggregationError {
        phase = .ended
        return .unexpectedStep(reason)
    }

    /// Checks that the senders are distinct neighbours and enough for the threshold.
    private func checkSenders(_ senders: [Int], step: String) throws(AggregationError) {
        let neighbours = Set(accepted.graph.neighbours(of: device))
        var missing = neighbours
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

    private func open(_ sealed: SealedShare, from peer: Peer) throws(AggregationError)
        -> SecretBytes
    {
        guard sealed.receiver == device,
            let opened = try? AuthenticatedEncryption.open(
                sealed.ciphertext, key: peer.sealingKey,
                nonce: parameters.nonce(from: sealed.sender, to: device),
                associatedData: parameters.associatedData(from: sealed.sender, to: device)),
            opened.withBytes({ SecretSharing.isShare($0, of: parameters.sharedSecrets) })
        else { throw .forgedShare(from: sealed.sender) }
        return opened
    }
}
