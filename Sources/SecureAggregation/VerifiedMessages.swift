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
    /// - Throws: ``AggregationError/notInRoster(device:)``, ``AggregationError/forgedSignature(device:)`` or
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

/// A set of survivors that a quorum of the committee has signed: there is no other one for the session.
public struct VerifiedSurvivors: Sendable {
    /// The devices in the sum.
    public let survivors: SurvivorSet
    let digest: [UInt8]
}

extension UnmaskingRequest {
    /// Checks that the sum is large enough and that a quorum of committee members in it has signed it.
    ///
    /// - Throws: ``AggregationError/tooFewDevices(step:left:needed:)`` or
    ///   ``AggregationError/tooFewEndorsements(valid:needed:)``, or what is wrong with a signer.
    public func verified(
        by accepted: AcceptedParameters
    ) throws(AggregationError) -> VerifiedSurvivors {
        let parameters = accepted.parameters
        try survivors.check(against: parameters)
        let hash = parameters.endorsedHash(of: survivors)
        let committee = Set(accepted.committee)
        var signers: Set<Int> = []
        for endorsement in endorsements where signers.count < parameters.committee.quorum {
            let signer = endorsement.member.device
            guard committee.contains(signer), survivors.contains(signer) else {
                throw .unknownDevice(signer)
            }
            guard signers.insert(signer).inserted else { throw .duplicate(device: signer) }
            try endorsement.member.check(against: parameters)
            guard
                SigningKey.isValid(
                    endorsement.signature, of: hash, publicKey: endorsement.member.identity)
            else { throw .forgedSignature(device: signer) }
        }
        guard signers.count >= parameters.committee.quorum else {
            throw .tooFewEndorsements(
                valid: signers.count, needed: parameters.committee.quorum)
        }
        return VerifiedSurvivors(survivors: survivors, digest: parameters.digest)
    }
}

extension SurvivorSet {
    /// Checks that it is a set of this cohort and large enough to be revealed.
    func check(against parameters: AggregationParameters) throws(AggregationError) {
        guard cohortSize == parameters.cohortSize else {
            throw .inconsistentSurvivors("the set is of another cohort")
        }
        guard count >= parameters.minimumSurvivors else {
            throw .tooFewDevices(
                step: "mask", left: count, needed: parameters.minimumSurvivors)
        }
    }
}
