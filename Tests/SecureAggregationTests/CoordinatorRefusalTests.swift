import SecureAggregation
import Sodium
import Testing

/// What the coordinator refuses of what devices send, and that it goes on as if nothing had come.
@Suite struct CoordinatorRefusalTests {
    /// Expects `step` to throw `error`, where its text does not matter.
    private func expect(
        _ error: AggregationError, sourceLocation: SourceLocation = #_sourceLocation,
        _ step: () throws -> Void
    ) {
        #expect(sourceLocation: sourceLocation) {
            try step()
        } throws: {
            switch ($0 as? AggregationError, error) {
            case (.malformed(let left, _)?, .malformed(let right, _)): left == right
            case (.unexpectedStep?, .unexpectedStep): true
            case (let left?, let right): left == right
            case (nil, _): false
            }
        }
    }

    /// Expects every message but those of the steps named to be refused as out of order.
    private func expectOutOfOrder(
        _ coordinator: AggregationCoordinator, but step: Int, _ samples: Samples
    ) {
        let attempts: [(Int, (inout AggregationCoordinator) throws -> Void)] = [
            (1, { try $0.receive(samples.keys) }), (1, { try $0.endAdvertising() }),
            (2, { try $0.receive(samples.shares, from: 0) }), (2, { try $0.endSharing() }),
            (3, { try $0.receive(samples.masked) }), (3, { _ = try $0.endMasking() }),
            (4, { try $0.receive(samples.endorsement) }),
            (4, { _ = try $0.endEndorsing { _, _ in Issue.record("committed out of order") } }),
            (5, { try $0.receive(samples.unmasking) }), (5, { _ = try $0.reveal() }),
        ]
        for (other, attempt) in attempts where other != step {
            var copy = coordinator
            expect(.unexpectedStep("")) { try attempt(&copy) }
        }
    }

    private struct Samples {
        var keys = KeyAdvertisement(
            device: 0, encryptionKey: [], maskingKey: [], commitments: [], signature: [])
        var shares = SealedShares([])
        var masked = MaskedInput(device: 0, inclusion: [], packed: [])
        var endorsement = Endorsement(device: 0, signature: [])
        var unmasking = UnmaskingShares(device: 0, survivors: [], dropped: [])
    }

    @Test func `every bad message is refused with its reason and the session still gives the sum`()
        throws
    {
        var run = try MaskedSum(
            cohortSize: 12, degree: 6, threshold: 3, minimumSurvivors: 6,
            committee: CommitteeSecurity(size: 11, quorum: 8))
        let graph = run.accepted.graph
        let committee = run.accepted.committee
        let absent = 3
        let lost = graph.neighbours(of: 0).first { $0 != absent } ?? 1
        let present = (0..<12).filter { $0 != absent }
        var samples = Samples()

        // Step 1.
        expectOutOfOrder(run.coordinator, but: 1, samples)
        let weak: [UInt8] = [1] + [UInt8](repeating: 0, count: 31)
        var first: KeyAdvertisement?
        for device in present {
            let good = try run.devices[device].advertiseKeys()
            func refuse(
                _ error: AggregationError, signing: Bool = false,
                _ change: (inout KeyAdvertisement) -> Void
            ) {
                var bad = good
                change(&bad)
                if signing {
                    bad.signature = run.identities[device].sign(
                        bad.signedHash(under: run.parameters))
                }
                expect(error) { try run.coordinator.receive(bad) }
            }
            let malformed = AggregationError.malformed(device: device, "")
            let forged = AggregationError.forgedSignature(device: device)
            for stranger in [-1, 12, .max, .min] {
                refuse(.unknownDevice(stranger)) { $0.device = stranger }
            }
            refuse(malformed) { $0.encryptionKey.removeLast() }
            refuse(malformed) { $0.maskingKey.append(0) }
            refuse(malformed) { $0.commitments = [] }
            refuse(malformed) { $0.commitments[0].removeLast() }
            refuse(forged) { $0.signature[0] ^= 1 }
            refuse(forged) { $0.signature = [] }
            refuse(forged) { $0.maskingKey.reverse() }
            refuse(forged) { $0.commitments[0].reverse() }
            refuse(malformed, signing: true) { $0.encryptionKey = weak }
            refuse(malformed, signing: true) { $0.maskingKey = weak }
            refuse(malformed, signing: true) { $0.maskingKey = $0.encryptionKey }
            if let first {
                refuse(malformed, signing: true) { $0.maskingKey = first.maskingKey }
                refuse(malformed, signing: true) { $0.encryptionKey = first.maskingKey }
                // In the place of a device that has not come yet.
                if device != present.last {
                    refuse(.forgedSignature(device: 11)) { $0.device = 11 }
                }
            }
            try run.coordinator.receive(good)
            first = first ?? good
            refuse(.duplicate(device: device)) { _ in }
            refuse(.duplicate(device: device)) { $0.maskingKey.reverse() }
        }
        samples.keys = try #require(first)
        try run.coordinator.endAdvertising()
        #expect(run.coordinator.introduction(of: absent) == nil)

        // Step 2.
        expectOutOfOrder(run.coordinator, but: 2, samples)
        for device in present {
            let good = SealedShares(
                try run.devices[device].shareKeys(with: try run.peers(of: device)))
            #expect(good.shares.allSatisfy { $0.receiver != absent })
            func refuse(_ error: AggregationError, _ change: (inout [SealedShare]) -> Void) {
                var bad = good
                change(&bad.shares)
                expect(error) { try run.coordinator.receive(bad, from: device) }
            }
            let malformed = AggregationError.malformed(device: device, "")
            for stranger in [-1, 12, absent, .max] {
                expect(.unknownDevice(stranger)) {
                    try run.coordinator.receive(good, from: stranger)
                }
            }
            refuse(malformed) { $0.removeLast() }
            refuse(malformed) { $0 = [] }
            refuse(malformed) { $0.append($0[0]) }
            refuse(malformed) { $0[0].receiver = $0[1].receiver }
            refuse(malformed) { $0[0].receiver = device }
            refuse(malformed) { $0[0].receiver = absent }
            refuse(malformed) { $0[0].sender = absent }
            refuse(malformed) { $0[0].ciphertext.removeLast() }
            refuse(malformed) { $0[0].ciphertext.append(0) }
            try run.coordinator.receive(good, from: device)
            refuse(.duplicate(device: device)) { _ in }
            samples.shares = good
        }
        try run.coordinator.endSharing()

        // Step 3.
        expectOutOfOrder(run.coordinator, but: 3, samples)
        let survivors = present.filter { $0 != lost }
        for device in survivors {
            let good = try run.devices[device].mask(
                run.vectors[device], receiving: run.coordinator.shares(for: device))
            func refuse(_ error: AggregationError, _ change: (inout MaskedInput) -> Void) {
                var bad = good
                change(&bad)
                expect(error) { try run.coordinator.receive(bad) }
            }
            for stranger in [-1, 12, absent, .max] {
                refuse(.unknownDevice(stranger)) { $0.device = stranger }
            }
            refuse(.forgedSignature(device: device)) { $0.inclusion[5] ^= 1 }
            refuse(.forgedSignature(device: device)) { $0.inclusion = [] }
            refuse(.malformed(device: device, "")) { $0.packed.removeLast() }
            refuse(.malformed(device: device, "")) { $0.packed.append(0) }
            refuse(.malformed(device: device, "")) { $0.packed = [] }
            try run.coordinator.receive(good)
            refuse(.duplicate(device: device)) { _ in }
            samples.masked = good
        }
        let set = try run.coordinator.endMasking()
        #expect(set.devices == survivors)

        // Step 4.
        expectOutOfOrder(run.coordinator, but: 4, samples)
        for device in survivors where committee.contains(device) {
            let good = try run.devices[device].endorse(set)
            func refuse(_ error: AggregationError, _ change: (inout Endorsement) -> Void) {
                var bad = good
                change(&bad)
                expect(error) { try run.coordinator.receive(bad) }
            }
            for stranger in [-1, 12, absent, lost, .max] {
                refuse(.unknownDevice(stranger)) { $0.device = stranger }
            }
            refuse(.forgedSignature(device: device)) { $0.signature[63] ^= 1 }
            refuse(.forgedSignature(device: device)) { $0.signature = [] }
            try run.coordinator.receive(good)
            refuse(.duplicate(device: device)) { _ in }
            samples.endorsement = good
        }
        if let outsider = survivors.first(where: { !committee.contains($0) }) {
            expect(.unknownDevice(outsider)) {
                try run.coordinator.receive(Endorsement(device: outsider, signature: []))
            }
        }
        try run.coordinator.endEndorsing { told, _ in #expect(told == set) }
        let verified = try run.coordinator.unmaskingRequest().verified(by: run.accepted)

        // Step 5.
        expectOutOfOrder(run.coordinator, but: 5, samples)
        for device in survivors {
            let good = try run.devices[device].unmask(verified)
            func refuse(_ error: AggregationError, _ change: (inout UnmaskingShares) -> Void) {
                var bad = good
                change(&bad)
                expect(error) { try run.coordinator.receive(bad) }
            }
            let malformed = AggregationError.malformed(device: device, "")
            for stranger in [-1, 12, absent, lost, .max] {
                refuse(.unknownDevice(stranger)) { $0.device = stranger }
            }
            refuse(malformed) { $0.survivors.removeLast() }
            refuse(malformed) { $0.survivors.append($0.survivors[0]) }
            refuse(malformed) { $0.survivors[0].owner = lost }
            refuse(malformed) { $0.survivors[0].owner = $0.survivors[1].owner }
            refuse(malformed) { $0.survivors[0].shares.removeLast() }
            refuse(malformed) { $0.survivors[0].shares += $0.survivors[0].shares }
            refuse(malformed) { $0.survivors[0].shares = [] }
            refuse(malformed) { $0.survivors[0].shares = [UInt8](repeating: 255, count: 40) }
            refuse(malformed) { swap(&$0.survivors, &$0.dropped) }
            if !good.dropped.isEmpty {
                refuse(malformed) { $0.dropped = [] }
                refuse(malformed) { $0.dropped[0].owner = device }
                refuse(malformed) { $0.dropped[0].shares[39] = 0x20 }
            }
            try run.coordinator.receive(good)
            refuse(.duplicate(device: device)) { _ in }
            samples.unmasking = good
        }
        #expect(run.coordinator.survivorsPerStep == [11, 11, 10])
        #expect(try run.coordinator.reveal().sum == run.plainSum(of: survivors))
        #expect(run.coordinator.survivorsPerStep == [11, 11, 10, 10])
        expectOutOfOrder(run.coordinator, but: 0, samples)
    }

    @Test func `steps with too few devices end the session`() throws {
        let run = try MaskedSum(cohortSize: 4, degree: 3, threshold: 2, minimumSurvivors: 3)
        for (step, fates) in [
            ("advertise keys", [Fate.stays, .stays, .absent, .absent]),
            ("share keys", [.stays, .stays, .afterAdvertising, .afterAdvertising]),
            ("mask", [.stays, .stays, .afterSharing, .afterSharing]),
        ] {
            var run = run
            expect(.tooFewDevices(step: step, left: 2, needed: 3)) { _ = try run.run(fates) }
            expect(.unexpectedStep("")) { _ = try run.coordinator.endAdvertising() }
            expect(.unexpectedStep("")) { _ = try run.coordinator.reveal() }
        }
        var copy = run
        expect(.tooFewDevices(step: "unmask (shares of device 0)", left: 1, needed: 2)) {
            _ = try copy.run([.stays, .stays, .afterMasking, .afterMasking])
        }
    }

    /// Five devices, the fifth lost, each of the others with three or four holders of its shares.
    @Test(arguments: [true, false], [0, 1, 13, 39])
    func `altered shares in the field are found out, and left out where others are enough`(
        ofSeed: Bool, byte: Int
    ) throws {
        for liars in [[1], [1, 2]] {
            var run = try MaskedSum(cohortSize: 5, degree: 4, threshold: 2)
            try run.advertise(Array(0..<5))
            _ = try run.share(Array(0..<5))
            let survivors = DeviceSet(0..<4, cohortSize: 5)
            _ = try run.mask(Array(0..<4))
            let request = try run.endorse(Array(0..<4), survivors)
            let verified = try request.verified(by: run.accepted)
            for device in 0..<4 {
                var shares = try run.devices[device].unmask(verified)
                if liars.contains(device) {
                    // Not the lowest bits of a masking key, which X25519 does not use.
                    let change: UInt8 = byte == 39 ? 1 : 0x40
                    if ofSeed {
                        shares.survivors[0].shares[byte] ^= change
                    } else {
                        shares.dropped[0].shares[byte] ^= change
                    }
                }
                try run.coordinator.receive(shares)
            }
            // Of device 0's seed, 1, 2 and 3 hold shares; of device 4's key, all four do.
            if ofSeed && liars.count == 2 {
                expect(.inconsistentShares(device: 0)) { _ = try run.coordinator.reveal() }
                expect(.unexpectedStep("")) { _ = try run.coordinator.reveal() }
            } else if ofSeed {
                #expect(try run.coordinator.reveal().sum == run.plainSum(of: 0..<4))
            } else {
                #expect(try run.coordinator.reveal().sum == run.plainSum(of: 0..<4))
            }
        }
    }
}
