package import FederatedProtocol
internal import SecureAggregation
internal import Sodium

extension LiveRound {
    /// The size of a masked input, a message of kind 5, in bytes.
    package var maskedInputByteCount: Int { MaskedInput.byteCount(under: parameters) }

    /// Takes a device's message of any other kind. The same bytes may come again at any time.
    ///
    /// - Parameters:
    ///   - message: The message, encoded.
    ///   - identity: Whose bearer token came with it.
    /// - Throws: ``FederatedProtocol/CallError``: `permission_denied` for devices of other rounds,
    ///   other devices' numbers and forged signatures; `invalid_argument` for what is no message;
    ///   `already_exists` for a second one; `failed_precondition` for one of another step.
    package mutating func submit(
        _ message: [UInt8], from identity: [UInt8]
    ) throws(CallError) {
        let device = try number(of: identity)
        guard let step = RoundStep(ofMessage: message) else {
            throw CallError(
                .invalidArgument, "devices send messages of the kinds 1, 3, 5, 7 and 9 only")
        }
        guard step != .masking else {
            throw CallError(
                .invalidArgument,
                "a masked input goes to the address that came with the delivered shares")
        }
        guard message.count <= step.largestByteCount(under: parameters) else {
            throw CallError(
                .invalidArgument,
                "a message for \(step.name) has \(step.largestByteCount(under: parameters)) bytes "
                    + "at the most, not \(message.count)")
        }
        let digest = MessageDigest(of: message)
        guard try isDue(digest, in: step, from: device) else { return }
        do throws(AggregationError) {
            switch step {
            case .advertising:
                let keys = try KeyAdvertisement(decoding: message, under: parameters)
                try own(keys.device, device)
                try coordinator.receive(keys)
            case .sharing:
                let shares = try SealedShares(decoding: message, under: parameters)
                for share in shares.shares { try own(share.sender, device) }
                try coordinator.receive(shares, from: device)
            case .endorsing:
                let endorsement = try Endorsement(decoding: message, under: parameters)
                try own(endorsement.device, device)
                try take(endorsement)
            case .unmasking:
                let shares = try UnmaskingShares(decoding: message, under: parameters)
                try own(shares.device, device)
                try coordinator.receive(shares)
            case .masking: return
            }
        } catch { throw CallError(error, in: step) }
        note(digest, in: step, from: device)
    }

    /// Checks that a device's masked input is due, or was accepted before, so that it is worth to be
    /// read.
    ///
    /// - Throws: ``FederatedProtocol/CallError`` as ``submitMasked(_:from:)`` does.
    package func expectMasked(from identity: [UInt8]) throws(CallError) {
        let device = try number(of: identity)
        guard accepted[.masking]?[device] == nil else { return }
        try checkDue(.masking, from: device)
        try checkUpload(of: device)
    }

    /// Takes a masked input.
    ///
    /// - Throws: ``FederatedProtocol/CallError``, as ``submit(_:from:)`` does; `failed_precondition`
    ///   also where the device was told to upload to another process.
    package mutating func submitMasked(
        _ upload: MaskedUpload, from identity: [UInt8]
    ) throws(CallError) {
        let device = try number(of: identity)
        guard try isDue(upload.digest, in: .masking, from: device) else { return }
        try checkUpload(of: device)
        do throws(AggregationError) {
            try own(upload.input.device, device)
            try coordinator.receive(upload.input)
        } catch { throw CallError(error, in: .masking) }
        note(upload.digest, in: .masking, from: device)
    }

    private func checkUpload(of device: Int) throws(CallError) {
        guard uploads[device, default: replica] == replica else {
            throw CallError(
                .failedPrecondition,
                "another coordinator collects this device's masked input; upload to the address that "
                    + "came with the shares")
        }
    }

    /// Whether a message is one that its step waits for; false where it was accepted before.
    private func isDue(
        _ digest: MessageDigest, in asked: RoundStep, from device: Int
    ) throws(CallError) -> Bool {
        if let known = accepted[asked]?[device] {
            guard known == digest else { throw .sentOther(asked) }
            return false
        }
        try checkDue(asked, from: device)
        return true
    }

    private func checkDue(_ asked: RoundStep, from device: Int) throws(CallError) {
        if let outcome { throw CallError(.failedPrecondition, outcome.description) }
        guard !gone.contains(device) else {
            throw CallError(
                .failedPrecondition, "this device has left the round; check in for another")
        }
        // Endorsements beyond the quorum are not needed, but their senders go on to unmask.
        let isLateEndorsement = asked == .endorsing && survivors.contains(device)
        guard asked == step && !isClosed || isLateEndorsement else {
            throw .notNow(asked, current: step)
        }
    }

    /// Checks that a device speaks for itself only.
    private func own(_ claimed: Int, _ device: Int) throws(AggregationError) {
        guard claimed == device else { throw .forgedSignature(device: claimed) }
    }

    private mutating func take(_ endorsement: Endorsement) throws(AggregationError) {
        if step == .endorsing && !isClosed { return try coordinator.receive(endorsement) }
        guard committee.contains(endorsement.device) else {
            throw .unknownDevice(endorsement.device)
        }
        guard
            SigningKey.isValid(
                endorsement.signature, of: parameters.endorsedHash(of: survivors),
                publicKey: roster.identities[endorsement.device])
        else { throw .forgedSignature(device: endorsement.device) }
    }

    private mutating func note(_ digest: MessageDigest, in taken: RoundStep, from device: Int) {
        accepted[taken, default: [:]][device] = digest
        if taken == step { missing.remove(device) }
    }
}

extension LiveRound.Outcome: CustomStringConvertible {
    /// What a device is told, in one line.
    package var description: String {
        switch self {
        case .completed: "the round is over, its sum was revealed"
        case .abandoned(let reason): "the round was abandoned: \(reason)"
        }
    }
}
