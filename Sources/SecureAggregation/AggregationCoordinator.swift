package import Sodium
public import VectorKernels

/// The coordinator's side of a masked sum (Bonawitz et al., CCS 2017, figure 4, with signed keys
/// and survivors), as a state machine without I/O.
///
/// In each step, `receive` takes the devices' messages in any order; `end…` closes the step, and
/// what the devices are to be told next can be asked for. A message that is refused leaves the
/// state as it was; a step that ends with too few devices ends the session. Memory is one vector
/// and the devices' keys and shares.
public struct AggregationCoordinator: Sendable {
    /// The public parameters.
    public let parameters: AggregationParameters
    /// How many devices answered each step so far, in order: advertising, sharing, masking,
    /// unmasking.
    public private(set) var survivorsPerStep: [Int] = []

    private let roster: Roster
    private let accepted: AcceptedParameters
    private var phase = Phase.advertising
    private var advertisements: [Int: KeyAdvertisement] = [:]
    private var publicKeys: Set<[UInt8]> = []
    /// The sealed shares of each sender, in ascending order of the receivers.
    private var sealedShares: [Int: [SealedShare]] = [:]
    private var sharing: Set<Int> = []
    /// The devices that shared keys; complete when step 2 has ended.
    package private(set) var sharers: DeviceSet
    /// The signatures of the devices in the sum, by device.
    private var inclusions: [Int: [UInt8]] = [:]
    private var sum: RingVector
    private var survivors: DeviceSet
    private var endorsements: [Endorsement] = []
    private var unmasking: Unmasking?

    private enum Phase: Sendable { case advertising, sharing, masking, endorsing, unmasking, ended }

    /// Opens a session with the devices of `roster`.
    ///
    /// - Throws: ``AggregationError/invalidParameters(_:)`` where the parameters are of another
    ///   roster.
    public init(parameters: AggregationParameters, roster: Roster) throws(AggregationError) {
        guard roster.root == parameters.rosterRoot,
            roster.identities.count == parameters.cohortSize
        else { throw .invalidParameters("the roster is not the one of the parameters") }
        self.parameters = parameters
        self.roster = roster
        accepted = AcceptedParameters(parameters)
        sum = RingVector(zeros: parameters.vectorLength, bits: parameters.modulusBits)
        survivors = DeviceSet([], cohortSize: parameters.cohortSize)
        sharers = survivors
    }

    private var graph: NeighbourGraph { accepted.graph }

    /// Step 1: takes a device's public keys.
    public mutating func receive(_ message: KeyAdvertisement) throws(AggregationError) {
        try expect(.advertising)
        guard (0..<parameters.cohortSize).contains(message.device) else {
            throw .unknownDevice(message.device)
        }
        guard advertisements[message.device] == nil else {
            throw .duplicate(device: message.device)
        }
        try message.check(against: parameters, identity: roster.identities[message.device])
        // Neighbours end the session over such keys, so one device could take all of them with it.
        guard !KeyAgreement.isWeak(message.encryptionKey), !KeyAgreement.isWeak(message.maskingKey)
        else { throw .malformed(device: message.device, "a public key is weak") }
        guard message.encryptionKey != message.maskingKey,
            publicKeys.isDisjoint(with: [message.encryptionKey, message.maskingKey])
        else { throw .malformed(device: message.device, "a public key appears twice") }
        publicKeys.formUnion([message.encryptionKey, message.maskingKey])
        advertisements[message.device] = message
    }

    /// Ends step 1.
    public mutating func endAdvertising() throws(AggregationError) {
        try expect(.advertising)
        publicKeys = []
        try end("advertise keys", left: advertisements.count, next: .sharing)
    }

    /// What a device is told in step 2: the keys of its neighbours that are there.
    public func introductions(for device: Int) -> PeerIntroductions {
        PeerIntroductions(graph.neighbours(of: device).compactMap(introduction(of:)))
    }

    /// The introduction of one device; nil where it never advertised keys.
    public func introduction(of device: Int) -> PeerIntroduction? {
        advertisements[device].map {
            PeerIntroduction(member: roster.member(device), advertisement: $0)
        }
    }

    /// Step 2: takes the sealed shares of one device, one for each neighbour that it was told of.
    public mutating func receive(
        _ message: SealedShares, from device: Int
    ) throws(AggregationError) {
        try expect(.sharing)
        guard advertisements[device] != nil else { throw .unknownDevice(device) }
        guard !sharing.contains(device) else { throw .duplicate(device: device) }
        let shares = message.shares
        let expected = Set(graph.neighbours(of: device).filter { advertisements[$0] != nil })
        guard shares.count == expected.count, Set(shares.map(\.receiver)) == expected else {
            throw .malformed(device: device, "the shares are not one for each neighbour")
        }
        let length = SealedShare.ciphertextLength(under: parameters)
        guard shares.allSatisfy({ $0.sender == device && $0.ciphertext.count == length }) else {
            throw .malformed(device: device, "a sealed share has another sender or length")
        }
        sharing.insert(device)
        sealedShares[device] = shares.sorted { $0.receiver < $1.receiver }
    }

    /// Ends step 2.
    public mutating func endSharing() throws(AggregationError) {
        try expect(.sharing)
        sharers = DeviceSet(sharing, cohortSize: parameters.cohortSize)
        try end("share keys", left: sharing.count, next: .masking)
    }

    /// What a device is told in step 3: who is left, and the shares sealed to it by its neighbours
    /// among them.
    public func shares(for device: Int) -> DeliveredShares {
        DeliveredShares(
            sharers: sharers,
            shares: graph.neighbours(of: device).compactMap { sender in
                guard let shares = sealedShares[sender] else { return nil }
                let place = shares.partitioningIndex { $0.receiver >= device }
                return place < shares.count && shares[place].receiver == device
                    ? shares[place] : nil
            })
    }

    /// Step 3: takes a masked vector into the sum; the vector itself is not kept.
    public mutating func receive(_ message: MaskedInput) throws(AggregationError) {
        try expect(.masking)
        guard sharing.contains(message.device) else { throw .unknownDevice(message.device) }
        guard inclusions[message.device] == nil else { throw .duplicate(device: message.device) }
        try check(message.inclusion, of: message.device)
        guard sum.add(packed: message.packed) else {
            throw .malformed(
                device: message.device,
                "a masked vector of \(parameters.vectorLength) elements of "
                    + "\(parameters.modulusBits) bits has another size")
        }
        inclusions[message.device] = message.inclusion
    }

    /// Step 3: takes the sum of masked vectors that another process has added up, all of them or
    /// none.
    ///
    /// - Parameters:
    ///   - partial: The sum of the masked vectors.
    ///   - inclusions: Whose vectors are in it, each with the signature that came with it.
    package mutating func receive(
        _ partial: RingVector, of inclusions: [(device: Int, signature: [UInt8])]
    ) throws(AggregationError) {
        try expect(.masking)
        guard partial.count == parameters.vectorLength, partial.bits == parameters.modulusBits
        else { throw .otherSession }
        var merged = self.inclusions
        for (device, signature) in inclusions {
            guard sharing.contains(device) else { throw .unknownDevice(device) }
            guard merged.updateValue(signature, forKey: device) == nil else {
                throw .duplicate(device: device)
            }
            try check(signature, of: device)
        }
        self.inclusions = merged
        sum.add(partial)
    }

    /// Checks what a device signed with its masked vector.
    private func check(_ inclusion: [UInt8], of device: Int) throws(AggregationError) {
        guard
            SigningKey.isValid(
                inclusion, of: parameters.inclusionHash(of: device, sharers: sharers),
                publicKey: roster.identities[device])
        else { throw .forgedSignature(device: device) }
    }

    /// Ends step 3.
    ///
    /// - Returns: The devices in the sum; those of them that are in the ``committee`` are to sign
    ///   it.
    public mutating func endMasking() throws(AggregationError) -> DeviceSet {
        try expect(.masking)
        sealedShares = [:]
        try end("mask", left: inclusions.count, next: .endorsing)
        survivors = DeviceSet(inclusions.keys, cohortSize: parameters.cohortSize)
        do {
            try survivors.check(against: accepted, sharers: sharers)
        } catch {
            phase = .ended
            throw error
        }
        return survivors
    }

    /// The devices that sign the set of survivors, in ascending order.
    public var committee: [Int] { accepted.committee }

    /// Step 4: takes a committee member's signature.
    public mutating func receive(_ message: Endorsement) throws(AggregationError) {
        try expect(.endorsing)
        guard committee.contains(message.device), survivors.contains(message.device) else {
            throw .unknownDevice(message.device)
        }
        guard !endorsements.contains(where: { $0.device == message.device }) else {
            throw .duplicate(device: message.device)
        }
        guard
            SigningKey.isValid(
                message.signature, of: parameters.endorsedHash(of: survivors),
                publicKey: roster.identities[message.device])
        else { throw .forgedSignature(device: message.device) }
        endorsements.append(message)
    }

    /// Whether enough of the committee have signed.
    package var hasQuorum: Bool { endorsements.count >= parameters.committee.quorum }

    /// Ends step 4: has `commit` make durable whatever must be so before the sum can be revealed,
    /// such as the charge to the privacy budget, and only then lets devices be asked for their
    /// shares.
    ///
    /// - Parameter commit: Given the survivors and how many devices answered each step so far.
    ///   Where it throws, the sum stays masked for ever.
    public mutating func endEndorsing(
        committing commit: (_ survivors: DeviceSet, _ perStep: [Int]) throws -> Void
    ) throws {
        try expect(.endorsing)
        phase = .ended
        guard hasQuorum else {
            throw AggregationError.tooFewEndorsements(
                valid: endorsements.count, needed: parameters.committee.quorum)
        }
        try commit(survivors, survivorsPerStep)
        phase = .unmasking
        unmasking = Unmasking(accepted: accepted, survivors: survivors, sharing: sharing)
    }

    /// What a device in the sum is told in step 5.
    public func unmaskingRequest(for device: Int) throws(AggregationError) -> UnmaskingRequest {
        try unmaskingRequest(including: graph.neighbours(of: device))
    }

    /// What all devices in the sum are told in step 5, for a process that holds all of them.
    package func unmaskingRequest() throws(AggregationError) -> UnmaskingRequest {
        try unmaskingRequest(including: survivors.devices)
    }

    private func unmaskingRequest(
        including devices: [Int]
    ) throws(AggregationError) -> UnmaskingRequest {
        try expect(.unmasking)
        func signed(_ device: Int, _ signature: [UInt8]) -> UnmaskingRequest.SignedBy {
            .init(member: roster.member(device), signature: signature)
        }
        return UnmaskingRequest(
            sharers: sharers, survivors: survivors,
            endorsements: endorsements.prefix(parameters.committee.quorum).map {
                signed($0.device, $0.signature)
            },
            inclusions: devices.compactMap { device in
                inclusions[device].map { signed(device, $0) }
            })
    }

    /// Step 5: takes one device's shares.
    public mutating func receive(_ message: UnmaskingShares) throws(AggregationError) {
        try expect(.unmasking)
        try unmasking?.receive(message)
    }

    /// Ends step 5: restores the missing seeds and keys, takes the masks off and returns the sum of
    /// the survivors' vectors in Z_2^b, with the seeds of the noise that is to be removed from it.
    ///
    /// - Throws: Where some device's secrets have fewer shares than the threshold, or shares that
    ///   do not fit what it advertised.
    public mutating func reveal() throws(AggregationError) -> UnmaskedSum {
        try expect(.unmasking)
        guard let unmasking else { throw .unexpectedStep("nothing is being unmasked") }
        try end("unmask", left: unmasking.answered.count, next: .ended)
        let (masks, seeds) = try unmasking.restore(advertisements)
        sum.apply(masks)
        return UnmaskedSum(sum: sum, survivors: survivors, removedNoise: seeds)
    }

    private func expect(_ expected: Phase) throws(AggregationError) {
        guard phase == expected else {
            throw .unexpectedStep("the session is at '\(phase)', not at '\(expected)'")
        }
    }

    private mutating func end(
        _ step: String, left: Int, next: Phase
    ) throws(AggregationError) {
        survivorsPerStep.append(left)
        guard left >= parameters.minimumSurvivors || next == .ended else {
            phase = .ended
            throw .tooFewDevices(step: step, left: left, needed: parameters.minimumSurvivors)
        }
        phase = next
    }
}

/// What a masked sum reveals.
public struct UnmaskedSum: Sendable {
    /// The sum of the survivors' vectors, excess noise included.
    public var sum: RingVector
    /// Whose vectors are in it.
    public var survivors: DeviceSet
    /// The seeds of the noise that is to be taken off.
    public var removedNoise: [RemovedNoise]

    /// One component of one device's noise.
    public struct RemovedNoise: Sendable {
        /// Whose noise it is.
        public var device: Int
        /// Which component, from 0.
        public var component: Int
        /// What it is expanded from.
        package var seed: SecretBytes
    }
}

extension Array {
    /// The first index whose element, and all behind it, satisfy `isBehind`.
    fileprivate func partitioningIndex(where isBehind: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
