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
            (1, { try $0.receive(samples.keys) }), (1, { _ = try $0.endAdvertising() }),
            (2, { try $0.receive(samples.shares, from: 0) }), (2, { _ = try $0.endSharing() }),
            (3, { try $0.receive(samples.masked) }),
            (3, { _ = try $0.endMasking { _, _ in Issue.record("committed out of order") } }),
            (4, { try $0.receive(samples.unmasking) }), (4, { _ = try $0.reveal() }),
        ]
        for (other, attempt) in attempts where other != step {
            var copy = coordinator
            expect(.unexpectedStep("")) { try attempt(&copy) }
        }
    }

    private struct Samples {
        var keys = KeyAdvertisement(
            device: 0, encryptionKey: [], maskingKey: [], selfMaskCommitment: [])
        var shares: [SealedShare] = []
        var masked = MaskedInput(device: 0, packed: [])
        var unmasking = UnmaskingShares(device: 0, selfMaskSeeds: [], maskingKeys: [])
    }

    @Test func `every bad message is refused with its reason and the session still gives the sum`()
        throws
    {
        var run = try MaskedSum(cohortSize: 12, degree: 6, threshold: 3, minimumSurvivors: 6)
        let graph = run.parameters.makeNeighbourGraph()
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
            func refuse(_ error: AggregationError, _ change: (inout KeyAdvertisement) -> Void) {
                var bad = good
                change(&bad)
                expect(error) { try run.coordinator.receive(bad) }
            }
            let malformed = AggregationError.malformed(device: device, "")
            for stranger in [-1, 12, .max, .min] {
                refuse(.unknownDevice(stranger)) { $0.device = stranger }
            }
            refuse(malformed) { $0.encryptionKey.removeLast() }
            refuse(malformed) { $0.maskingKey.append(0) }
            refuse(malformed) { $0.selfMaskCommitment = [] }
            refuse(malformed) { $0.encryptionKey = weak }
            refuse(malformed) { $0.maskingKey = weak }
            refuse(malformed) { $0.maskingKey = $0.encryptionKey }
            if let first {
                refuse(malformed) { $0.maskingKey = first.maskingKey }
                refuse(malformed) { $0.encryptionKey = first.maskingKey }
            }
            try run.coordinator.receive(good)
            first = first ?? good
            refuse(.duplicate(device: device)) { _ in }
            refuse(.duplicate(device: device)) { $0.maskingKey.reverse() }
        }
        samples.keys = try #require(first)
        let told = try run.coordinator.endAdvertising()
        #expect(told[absent] == nil)

        // Step 2.
        expectOutOfOrder(run.coordinator, but: 2, samples)
        for device in present {
            let good = try run.devices[device].shareKeys(with: told[device] ?? [])
            #expect(good.allSatisfy { $0.receiver != absent })
            func refuse(_ error: AggregationError, _ change: (inout [SealedShare]) -> Void) {
                var bad = good
                change(&bad)
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
        let mailboxes = try run.coordinator.endSharing()

        // Step 3.
        expectOutOfOrder(run.coordinator, but: 3, samples)
        let survivors = present.filter { $0 != lost }
        for device in survivors {
            let good = try run.devices[device].mask(
                run.vectors[device], receiving: mailboxes[device] ?? [])
            func refuse(_ error: AggregationError, _ change: (inout MaskedInput) -> Void) {
                var bad = good
                change(&bad)
                expect(error) { try run.coordinator.receive(bad) }
            }
            for stranger in [-1, 12, absent, .max] {
                refuse(.unknownDevice(stranger)) { $0.device = stranger }
            }
            refuse(.malformed(device: device, "")) { $0.packed.removeLast() }
            refuse(.malformed(device: device, "")) { $0.packed.append(0) }
            refuse(.malformed(device: device, "")) { $0.packed = [] }
            try run.coordinator.receive(good)
            refuse(.duplicate(device: device)) { _ in }
            samples.masked = good
        }
        let requests = try run.coordinator.endMasking { told, _ in #expect(told == survivors) }

        // Step 4.
        expectOutOfOrder(run.coordinator, but: 4, samples)
        for device in survivors {
            let good = try run.devices[device].unmask(try #require(requests[device]))
            func refuse(_ error: AggregationError, _ change: (inout UnmaskingShares) -> Void) {
                var bad = good
                change(&bad)
                expect(error) { try run.coordinator.receive(bad) }
            }
            let malformed = AggregationError.malformed(device: device, "")
            for stranger in [-1, 12, absent, lost, .max] {
                refuse(.unknownDevice(stranger)) { $0.device = stranger }
            }
            refuse(malformed) { $0.selfMaskSeeds.removeLast() }
            refuse(malformed) { $0.selfMaskSeeds.append($0.selfMaskSeeds[0]) }
            refuse(malformed) { $0.selfMaskSeeds[0].owner = lost }
            refuse(malformed) { $0.selfMaskSeeds[0].owner = $0.selfMaskSeeds[1].owner }
            refuse(malformed) { $0.selfMaskSeeds[0].share.removeLast() }
            refuse(malformed) { $0.selfMaskSeeds[0].share = [] }
            refuse(malformed) { $0.selfMaskSeeds[0].share = [UInt8](repeating: 255, count: 40) }
            refuse(malformed) { swap(&$0.selfMaskSeeds, &$0.maskingKeys) }
            if !good.maskingKeys.isEmpty {
                refuse(malformed) { $0.maskingKeys = [] }
                refuse(malformed) { $0.maskingKeys[0].owner = device }
                refuse(malformed) { $0.maskingKeys[0].share[39] = 0x20 }
            }
            try run.coordinator.receive(good)
            refuse(.duplicate(device: device)) { _ in }
            samples.unmasking = good
        }
        #expect(run.coordinator.survivorsPerStep == [11, 11, 10])
        #expect(try run.coordinator.reveal() == run.plainSum(of: survivors))
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

    @Test(arguments: [true, false], [0, 1, 13, 39])
    func `one altered share in the field is found out`(ofSeed: Bool, byte: Int) throws {
        var run = try MaskedSum(cohortSize: 5, degree: 4, threshold: 3)
        let told = try run.advertise(Array(0..<5))
        let (_, mailboxes) = try run.share(Array(0..<5), told)
        let (_, requests) = try run.mask(Array(0..<4), mailboxes)
        for device in 0..<4 {
            var shares = try run.devices[device].unmask(try #require(requests[device]))
            if device == 1 {
                if ofSeed {
                    shares.selfMaskSeeds[0].share[byte] ^= 1
                } else {
                    shares.maskingKeys[0].share[byte] ^= 1
                }
            }
            try run.coordinator.receive(shares)
        }
        expect(.inconsistentShares(device: ofSeed ? 0 : 4)) { _ = try run.coordinator.reveal() }
        expect(.unexpectedStep("")) { _ = try run.coordinator.reveal() }
    }
}
