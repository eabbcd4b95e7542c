internal import PrivateAggregation
internal import SecureAggregation
internal import Sodium
internal import VectorKernels

/// The steps, as an honest coordinator takes them.
extension AttackedRound {
    /// Step 1, by all devices.
    mutating func advertise() throws {
        for number in devices.indices {
            try coordinator.receive(
                try take(number, { try $0.advertiseKeys() }, { try $0.advertiseKeys() }))
        }
        try coordinator.endAdvertising()
    }

    /// What a device is told of its neighbours.
    func introductions(for device: Int) -> [PeerIntroduction] {
        coordinator.introductions(for: device).peers
    }

    /// Step 2, by one device, told what the coordinator says.
    mutating func share(_ number: Int, with peers: [PeerIntroduction]) throws -> SealedShares {
        let verified = try peers.map { try $0.verified(under: parameters) }
        return try take(
            number, { try $0.shareKeys(with: verified) },
            { SealedShares(try $0.shareKeys(with: verified)) })
    }

    /// Step 2, by all devices.
    mutating func share() throws {
        for number in devices.indices {
            try coordinator.receive(
                try share(number, with: introductions(for: number)), from: number)
        }
        try coordinator.endSharing()
    }

    /// Step 3, by one device, told what the coordinator says.
    mutating func mask(_ number: Int, receiving shares: DeliveredShares) throws -> MaskedInput {
        let vector = vectors[number]
        let nothing = RingVector(zeros: plan.encodedDimension, bits: plan.modulusBits)
        return try take(
            number, { try $0.contribute(vector, receiving: shares) },
            { try $0.mask(nothing, receiving: shares) })
    }

    /// Step 3, by some devices; the others are lost.
    mutating func mask(_ members: [Int]) throws {
        for number in members {
            let masked = try mask(number, receiving: coordinator.shares(for: number))
            inclusions[number] = masked.inclusion
            try coordinator.receive(masked)
        }
    }

    /// Steps 1 to 3, by all devices.
    mutating func runToMasking() throws {
        try advertise()
        try share()
        try mask(Array(devices.indices))
    }

    /// Step 4, by one device, told what the coordinator says.
    mutating func endorse(_ number: Int, _ survivors: DeviceSet) throws -> Endorsement {
        try take(number, { try $0.endorse(survivors) }, { try $0.endorse(survivors) })
    }

    /// Step 5, by one device, told what the coordinator says.
    mutating func unmask(_ number: Int, _ request: UnmaskingRequest) throws -> UnmaskingShares {
        let verified = try request.verified(by: accepted)
        return try take(number, { try $0.unmask(verified) }, { try $0.unmask(verified) })
    }

    private mutating func take<Answer>(
        _ number: Int,
        _ honest: (inout PrivateSumDevice<SeededRandomness>) throws -> Answer,
        _ sybil: (inout AggregationDevice<SeededRandomness>) throws -> Answer
    ) throws -> Answer {
        switch devices[number] {
        case .honest(var device):
            // A device that refuses has ended its session, which must be kept as well.
            defer { devices[number] = .honest(device) }
            return try honest(&device)
        case .sybil(var device):
            defer { devices[number] = .sybil(device) }
            return try sybil(&device)
        }
    }

    /// A request to unmask the sum of `survivors`, signed by whoever the coordinator got to sign.
    func request(
        _ survivors: DeviceSet, signedBy endorsements: [Endorsement]
    ) -> UnmaskingRequest {
        UnmaskingRequest(
            sharers: coordinator.shares(for: victim).sharers, survivors: survivors,
            endorsements: endorsements.map {
                .init(member: roster.member($0.device), signature: $0.signature)
            },
            inclusions: survivors.devices.compactMap { device in
                inclusions[device].map {
                    .init(member: roster.member(device), signature: $0)
                }
            })
    }

    /// A signature of one of the coordinator's own devices under any set.
    func forgedEndorsement(of survivors: DeviceSet, by device: Int) -> Endorsement {
        Endorsement(
            device: device,
            signature: identities[device].sign(parameters.endorsedHash(of: survivors)))
    }
}
