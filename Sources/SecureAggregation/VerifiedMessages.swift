internal import Sodium

extension KeyAdvertisement {
    /// What the sender's identity signs: the parameters, the sender, its keys and commitments.
    package func signedHash(under parameters: AggregationParameters) -> [UInt8] {
        var hash = BLAKE2b(context: "covey key advertisement")
        hash.update(parameters.digest)
        hash.update(UInt64(device))
        hash.update(encryptionKey)
        hash.update(maskingKey)
        for commitment in commitments { hash.update(commitment) }
        return hash.finalize()
    }

    /// Checks form and signature.
    func check(
        against parameters: AggregationParameters, identity: [UInt8]
    ) throws(AggregationError) {
        guard encryptionKey.count == KeyAgreement.keyLength,
            maskingKey.count == KeyAgreement.keyLength,
            commitments.count == 1 + parameters.excessNoise.componentCount,
            commitments.allSatisfy({ $0.count == AggregationParameters.digestLength })
        else {
            throw .malformed(
                device: device,
                "two public keys and \(1 + parameters.excessNoise.componentCount) commitments of 32 "
                    + "bytes are expected")
        }
        guard
            SigningKey.isValid(
                signature, of: signedHash(under: parameters), publicKey: identity)
        else { throw .forgedSignature(device: device) }
    }
}

/// A neighbour's keys that its enrolled identity has signed under the session's parameters.
public struct VerifiedPeer: Sendable {
    /// What the neighbour advertised.
    public let advertisement: KeyAdvertisement
    let digest: [UInt8]
}

extension PeerIntroduction {
    /// Checks that the neighbour stands in the roster and signed its keys under these parameters.
    ///
    /// - Throws: ``AggregationError/notInRoster(device:)``,
    ///   ``AggregationError/forgedSignature(device:)`` or
    ///   ``AggregationError/malformed(device:_:)``.
    public func verified(
        under parameters: AggregationParameters
    ) throws(AggregationError) -> VerifiedPeer {
        guard member.device == advertisement.device else {
            throw .malformed(device: advertisement.device, "it is introduced as another device")
        }
        try member.check(against: parameters)
        try advertisement.check(against: parameters, identity: member.identity)
        return VerifiedPeer(advertisement: advertisement, digest: parameters.digest)
    }
}

/// A set of survivors that a quorum of the committee has signed, so that there is no other one for
/// the session, and devices of it whose vectors are known to be masked for all their neighbours
/// among the sharers.
public struct VerifiedSurvivors: Sendable {
    /// The devices in the sum.
    public let survivors: DeviceSet
    /// The devices that shared keys, by what those of ``included`` say.
    let sharers: DeviceSet
    let included: Set<Int>
    let digest: [UInt8]
}

extension UnmaskingRequest {
    /// Checks that the sum may be revealed, that a quorum of committee members in it has signed it,
    /// and all inclusions.
    ///
    /// - Throws: ``AggregationError/tooFewDevices(step:left:needed:)``,
    ///   ``AggregationError/tooFewEndorsements(valid:needed:)``, or what is wrong with a signer.
    public func verified(
        by accepted: AcceptedParameters
    ) throws(AggregationError) -> VerifiedSurvivors {
        let parameters = accepted.parameters
        try survivors.check(against: accepted, sharers: sharers)
        let committee = Set(accepted.committee)
        let hash = parameters.endorsedHash(of: survivors)
        var signers: Set<Int> = []
        for endorsement in endorsements {
            let signer = endorsement.member.device
            guard committee.contains(signer), survivors.contains(signer) else {
                throw .unknownDevice(signer)
            }
            guard signers.insert(signer).inserted else { throw .duplicate(device: signer) }
            try endorsement.check(against: parameters, hash: hash)
        }
        guard signers.count >= parameters.committee.quorum else {
            throw .tooFewEndorsements(
                valid: signers.count, needed: parameters.committee.quorum)
        }
        var included: Set<Int> = []
        for inclusion in inclusions {
            let signer = inclusion.member.device
            guard survivors.contains(signer) else { throw .unknownDevice(signer) }
            guard included.insert(signer).inserted else { throw .duplicate(device: signer) }
            try inclusion.check(
                against: parameters,
                hash: parameters.inclusionHash(of: signer, sharers: sharers))
        }
        return VerifiedSurvivors(
            survivors: survivors, sharers: sharers, included: included, digest: parameters.digest)
    }
}

extension UnmaskingRequest.SignedBy {
    /// Checks that the signer stands in the roster and signed `hash`.
    fileprivate func check(
        against parameters: AggregationParameters, hash: [UInt8]
    ) throws(AggregationError) {
        try member.check(against: parameters)
        guard SigningKey.isValid(signature, of: hash, publicKey: member.identity) else {
            throw .forgedSignature(device: member.device)
        }
    }
}

extension DeviceSet {
    /// Checks that the sum of these devices, some of `sharers`, may be revealed: it is of this
    /// cohort, large enough, and leaves no gap in the ring.
    func check(
        against accepted: AcceptedParameters, sharers: DeviceSet
    ) throws(AggregationError) {
        let parameters = accepted.parameters
        guard cohortSize == parameters.cohortSize, isSubset(of: sharers) else {
            throw .inconsistentSurvivors("they are not devices of this cohort that shared keys")
        }
        guard count >= parameters.minimumSurvivors else {
            throw .tooFewDevices(
                step: "mask", left: count, needed: parameters.minimumSurvivors)
        }
        if let fewest = accepted.graph.fewestInWindow(of: self),
            fewest < parameters.graph.leastInWindow
        {
            throw .tooFewDevices(
                step: "mask (window of the ring)", left: fewest,
                needed: parameters.graph.leastInWindow)
        }
    }
}
