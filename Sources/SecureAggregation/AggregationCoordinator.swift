internal import Sodium
internal import VectorKernels

/// The coordinator's side of a masked sum (Bonawitz et al., CCS 2017, figure 4), as a state machine
/// without I/O.
///
/// In each step, `receive` takes the devices' messages in any order, then `end…` closes the step and
/// says what to send. A message that is refused leaves the state as it was; a step that ends with too
/// few devices ends the session.
public struct AggregationCoordinator: Sendable {
    /// The public parameters.
    public let parameters: AggregationParameters
    /// How many devices answered each step so far, in order.
    public private(set) var survivorsPerStep: [Int] = []

    private let graph: NeighbourGraph
    private var phase = Phase.advertising
    private var advertisements: [Int: KeyAdvertisement] = [:]
    private var publicKeys: Set<[UInt8]> = []
    private var mailboxes: [Int: [SealedShare]] = [:]
    private var sharing: Set<Int> = []
    private var masked: Set<Int> = []
    private var sum: [UInt32]
    private var selfMaskShares: [Int: [(device: Int, share: SecretSharing.Share)]] = [:]
    private var maskingKeyShares: [Int: [(device: Int, share: SecretSharing.Share)]] = [:]
    private var answered: Set<Int> = []

    private enum Phase: Sendable { case advertising, sharing, masking, unmasking, ended }

    /// Opens a session.
    public init(parameters: AggregationParameters) {
        self.parameters = parameters
        graph = parameters.makeNeighbourGraph()
        sum = [UInt32](repeating: 0, count: parameters.vectorLength)
    }

    /// Step 1: takes a device's public keys.
    public mutating func receive(_ message: KeyAdvertisement) throws(AggregationError) {
        try expect(.advertising)
        guard (0..<parameters.cohortSize).contains(message.device) else {
            throw .unknownDevice(message.device)
        }
        guard advertisements[message.device] == nil else {
            throw .duplicate(device: message.device)
        }
        guard message.encryptionKey.count == KeyAgreement.keyLength,
            message.maskingKey.count == KeyAgreement.keyLength,
            message.selfMaskCommitment.count == 32
        else {
            throw .malformed(device: message.device, "public keys and commitments have 32 bytes")
        }
        // Neighbours end the session over such keys, so one device could take all of them with it.
        guard !KeyAgreement.isWeak(message.encryptionKey), !KeyAgreement.isWeak(message.maskingKey)
        else { throw .malformed(device: message.device, "a public key is weak") }
        guard message.encryptionKey != message.maskingKey,
            publicKeys.isDisjoint(with: [message.encryptionKey, message.maskingKey])
        else { throw .malformed(device: message.device, "a public key appears twice") }
        publicKeys.formUnion([message.encryptionKey, message.maskingKey])
        advertisements[message.device] = message
    }

    /// Ends step 1 and says what each device that is left is to receive: its neighbours' keys.
    public mutating func endAdvertising() throws(AggregationError) -> [Int: [KeyAdvertisement]] {
        try expect(.advertising)
        try end("advertise keys", left: advertisements.count, next: .sharing)
        return Dictionary(
            uniqueKeysWithValues: advertisements.keys.map { device in
                (device, graph.neighbours(of: device).compactMap { advertisements[$0] })
            })
    }

    /// Step 2: takes the sealed shares of one device, one for each neighbour that it was told of.
    public mutating func receive(
        _ shares: [SealedShare], from device: Int
    ) throws(AggregationError) {
        try expect(.sharing)
        guard advertisements[device] != nil else { throw .unknownDevice(device) }
        guard !sharing.contains(device) else { throw .duplicate(device: device) }
        let expected = Set(graph.neighbours(of: device).filter { advertisements[$0] != nil })
        guard shares.count == expected.count, Set(shares.map(\.receiver)) == expected else {
            throw .malformed(device: device, "the shares are not one for each neighbour")
        }
        guard
            shares.allSatisfy({
                $0.sender == device && $0.ciphertext.count == SealedShare.ciphertextLength
            })
        else { throw .malformed(device: device, "a sealed share has another sender or length") }
        sharing.insert(device)
        for share in shares { mailboxes[share.receiver, default: []].append(share) }
    }

    /// Ends step 2 and says what each device that is left is to receive: the shares sealed to it by
    /// neighbours that are left as well.
    public mutating func endSharing() throws(AggregationError) -> [Int: [SealedShare]] {
        try expect(.sharing)
        try end("share keys", left: sharing.count, next: .masking)
        defer { mailboxes = [:] }
        return Dictionary(
            uniqueKeysWithValues: sharing.map { device in
                (device, (mailboxes[device] ?? []).sorted { $0.sender < $1.sender })
            })
    }

    /// Step 3: takes a masked vector into the sum; the vector itself is not kept.
    public mutating func receive(_ message: MaskedInput) throws(AggregationError) {
        try expect(.masking)
        guard sharing.contains(message.device) else { throw .unknownDevice(message.device) }
        guard !masked.contains(message.device) else { throw .duplicate(device: message.device) }
        guard
            let vector = Ring.unpack(
                message.packed, count: parameters.vectorLength, bits: parameters.modulusBits)
        else {
            throw .malformed(
                device: message.device,
                "a masked vector of \(parameters.vectorLength) elements of "
                    + "\(parameters.modulusBits) bits has another size")
        }
        masked.insert(message.device)
        Ring.add(vector, to: &sum)
    }

    /// Ends step 3: has `commit` make durable whatever must be so before the sum can be revealed, such
    /// as the charge to the privacy budget, and only then says what to ask each device in the sum.
    ///
    /// - Parameter commit: Given the survivors' numbers in ascending order and how many devices answered
    ///   each step so far. Where it throws, the sum stays masked for ever.
    public mutating func endMasking(
        committing commit: (_ survivors: [Int], _ perStep: [Int]) throws -> Void
    ) throws -> [Int: UnmaskingRequest] {
        try expect(.masking)
        try end("mask", left: masked.count, next: .unmasking)
        do {
            try commit(masked.sorted(), survivorsPerStep)
        } catch {
            phase = .ended
            throw error
        }
        return Dictionary(
            uniqueKeysWithValues: masked.map { device in
                let sharers = graph.neighbours(of: device).filter(sharing.contains)
                return (
                    device,
                    UnmaskingRequest(
                        survivors: sharers.filter(masked.contains),
                        dropped: sharers.filter { !masked.contains($0) },
                        survivorCount: masked.count)
                )
            })
    }

    /// Step 4: takes one device's shares.
    public mutating func receive(_ message: UnmaskingShares) throws(AggregationError) {
        try expect(.unmasking)
        guard masked.contains(message.device) else { throw .unknownDevice(message.device) }
        guard !answered.contains(message.device) else { throw .duplicate(device: message.device) }
        let sharers = Set(graph.neighbours(of: message.device).filter(sharing.contains))
        let seeds = try shares(message.selfMaskSeeds, of: sharers.intersection(masked), message)
        let keys = try shares(message.maskingKeys, of: sharers.subtracting(masked), message)
        answered.insert(message.device)
        for (owner, share) in seeds {
            selfMaskShares[owner, default: []].append((message.device, share))
        }
        for (owner, share) in keys {
            maskingKeyShares[owner, default: []].append((message.device, share))
        }
    }

    /// Ends step 4: restores the missing seeds and keys, takes the masks off and returns the sum of
    /// the survivors' vectors in Z_2^b.
    ///
    /// - Throws: Where some device's secrets have fewer shares than the threshold, or shares that do
    ///   not fit what it advertised.
    public mutating func reveal() throws(AggregationError) -> [UInt32] {
        try expect(.unmasking)
        try end("unmask", left: answered.count, next: .ended)
        for device in masked.sorted() {
            let seed = try restore(selfMaskShares[device] ?? [], of: device)
            guard
                parameters.commitment(to: seed, of: device)
                    == advertisements[device]?.selfMaskCommitment,
                (try? Mask(seed: seed).subtract(from: &sum)) != nil
            else { throw .inconsistentShares(device: device) }
        }
        for device in sharing.subtracting(masked).sorted() {
            try removePairwiseMasks(of: device)
        }
        let mask = UInt32.max >> UInt32(32 - parameters.modulusBits)
        return sum.map { $0 & mask }
    }

    /// Takes off the masks that a lost device's surviving neighbours share with it.
    private mutating func removePairwiseMasks(of device: Int) throws(AggregationError) {
        let peers = graph.neighbours(of: device).filter(masked.contains)
        guard !peers.isEmpty else { return }
        let secret = try restore(maskingKeyShares[device] ?? [], of: device)
        guard let pair = try? KeyAgreement(secretKey: secret),
            pair.publicKey == advertisements[device]?.maskingKey
        else { throw .inconsistentShares(device: device) }
        for peer in peers {
            guard let key = advertisements[peer]?.maskingKey,
                let seed = try? pair.sharedKey(with: key, context: parameters.context("mask")),
                (try? applyPairwiseMask(seed, of: peer, with: device, to: &sum, removing: true))
                    != nil
            else { throw .inconsistentShares(device: peer) }
        }
    }

    private func restore(
        _ shares: [(device: Int, share: SecretSharing.Share)], of device: Int
    ) throws(AggregationError) -> SecretBytes {
        let needed = parameters.graph.threshold
        guard shares.count >= needed else {
            throw .tooFewDevices(
                step: "unmask (shares of device \(device))", left: shares.count, needed: needed)
        }
        let chosen = shares.sorted { $0.device < $1.device }.prefix(needed)
        guard let secret = SecretSharing.restore(Array(chosen)) else {
            throw .inconsistentShares(device: device)
        }
        return secret
    }

    private func shares(
        _ entries: [UnmaskingShares.Entry], of owners: Set<Int>, _ message: UnmaskingShares
    ) throws(AggregationError) -> [(owner: Int, share: SecretSharing.Share)] {
        guard entries.count == owners.count, Set(entries.map(\.owner)) == owners else {
            throw .malformed(device: message.device, "the shares are not those asked for")
        }
        var shares: [(owner: Int, share: SecretSharing.Share)] = []
        for entry in entries {
            guard let share = SecretSharing.Share(bytes: entry.share) else {
                throw .malformed(device: message.device, "a share is outside the field")
            }
            shares.append((entry.owner, share))
        }
        return shares
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
