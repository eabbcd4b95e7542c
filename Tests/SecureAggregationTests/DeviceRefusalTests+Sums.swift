import SecureAggregation
import Sodium
import Testing
import VectorKernels

/// What a device refuses of shares and survivors.
extension DeviceRefusalTests {
    // A coordinator that tampers with shares.

    @Test func `bad shares are refused`() {
        func expect(
            _ kind: String, sourceLocation: SourceLocation = #_sourceLocation,
            _ change: (inout DeliveredShares) -> Void
        ) {
            var shares = stages.shares
            change(&shares)
            expectRefusal(kind, by: stages.shared, sourceLocation: sourceLocation) {
                _ = try $0.mask(stages.run.vectors[0], receiving: shares)
            }
        }
        expect("unknownDevice") { $0.shares[0].sender = stages.stranger }
        expect("unknownDevice") { $0.shares[0].sender = 0 }
        expect("unknownDevice") { $0.shares[0].sender = .max }
        expect("duplicate") { $0.shares.append($0.shares[0]) }
        expect("tooFewDevices") { $0.shares = Array($0.shares.prefix(2)) }
        // Withheld though its sender is there, delivered though it is not, and nobody there.
        expect("withheldShare") { $0.shares.removeFirst() }
        expect("unknownDevice") { delivered in
            let absent = delivered.shares[0].sender
            delivered.sharers = DeviceSet(
                delivered.sharers.devices.filter { $0 != absent }, cohortSize: 12)
        }
        expect("undecodable") { $0.sharers = DeviceSet(1..<12, cohortSize: 12) }
        expect("undecodable") { $0.sharers = DeviceSet(0..<12, cohortSize: 13) }
        expect("tooFewDevices") { $0.sharers = DeviceSet(0..<5, cohortSize: 12) }
        expect("forgedShare") { $0.shares[0].receiver = stages.stranger }
        expect("forgedShare") {
            let first = $0.shares[0].ciphertext
            $0.shares[0].ciphertext = $0.shares[1].ciphertext
            $0.shares[1].ciphertext = first
        }
        expect("forgedShare") { $0.shares[0].ciphertext.removeLast() }
        expect("forgedShare") { $0.shares[0].ciphertext.append(0) }
        expect("forgedShare") { $0.shares[0].ciphertext = [] }
        for position in stages.shares.shares[0].ciphertext.indices {
            expect("forgedShare") {
                $0.shares[0].ciphertext[position] ^= 1 << UInt8(position % 8)
            }
        }
    }

    @Test func `a share sealed for the other direction is refused`() throws {
        var device = stages.advertised
        let sent = try device.shareKeys(with: try peers(stages.introductions))
        var shares = stages.shares
        let reflected = try #require(sent.first { $0.receiver == shares.shares[0].sender })
        shares.shares[0].ciphertext = reflected.ciphertext
        expectRefusal("forgedShare", by: device) {
            _ = try $0.mask(stages.run.vectors[0], receiving: shares)
        }
    }

    @Test func `a vector of another length or width is refused`() {
        for (count, bits) in [(0, 20), (4, 20), (6, 20), (5, 19)] {
            expectRefusal("malformed", by: stages.shared) {
                _ = try $0.mask(RingVector(zeros: count, bits: bits), receiving: stages.shares)
            }
        }
    }

    // A coordinator that lies about the survivors.

    @Test func `unsafe sets of survivors are not signed`() {
        func expect(_ kind: String, _ set: DeviceSet) {
            expectRefusal(kind, by: stages.masked) { _ = try $0.endorse(set) }
        }
        expect("tooFewDevices", DeviceSet(0..<5, cohortSize: 12))
        expect("inconsistentSurvivors", DeviceSet(1..<12, cohortSize: 12))
        expect("inconsistentSurvivors", DeviceSet(0..<12, cohortSize: 13))
        // A second set after the first.
        var device = stages.masked
        #expect(throws: Never.self) { try device.endorse(stages.survivors) }
        expectRefusal("unexpectedStep", by: device) {
            _ = try $0.endorse(DeviceSet(0..<12, cohortSize: 12))
        }
    }

    @Test func `a device outside the committee signs nothing`() throws {
        var run = try MaskedSum(
            cohortSize: 12, degree: 6, threshold: 3,
            committee: CommitteeSecurity(size: 3, quorum: 2))
        try run.advertise(Array(0..<12))
        _ = try run.share(Array(0..<12))
        _ = try run.mask(Array(0..<12))
        let outsider = try #require((0..<12).first { !run.accepted.committee.contains($0) })
        expect("unexpectedStep") {
            _ = try run.devices[outsider].endorse(DeviceSet(0..<12, cohortSize: 12))
        }
    }

    @Test func `a set of survivors without a quorum of signatures is refused`() throws {
        func expect(
            _ kind: String, sourceLocation: SourceLocation = #_sourceLocation,
            _ change: (inout UnmaskingRequest) -> Void
        ) {
            var request = stages.request
            change(&request)
            self.expect(kind, sourceLocation: sourceLocation) { _ = try verified(request) }
        }
        #expect(stages.request.endorsements.count == 8)
        // Another set than the one that was signed: a survivor said to be lost, and the other way
        // round.
        let signers = Set(stages.request.endorsements.map(\.member.device))
        let unsigned = try #require((0..<12).first { !signers.contains($0) && $0 != stages.lost })
        expect("forgedSignature") {
            $0.survivors = DeviceSet(
                stages.survivors.devices.filter { $0 != unsigned }, cohortSize: 12)
        }
        expect("forgedSignature") { $0.survivors = DeviceSet(0..<12, cohortSize: 12) }
        expect("tooFewDevices") { $0.survivors = DeviceSet(0..<5, cohortSize: 12) }
        expect("inconsistentSurvivors") { $0.survivors = DeviceSet(0..<11, cohortSize: 11) }
        // Survivors that never shared keys, and other sharers than those that the vectors are
        // masked for.
        expect("inconsistentSurvivors") { $0.sharers = DeviceSet(0..<7, cohortSize: 12) }
        expect("forgedSignature") { $0.sharers = DeviceSet($0.survivors.devices, cohortSize: 12) }
        // The statements for whom a vector is masked.
        expect("forgedSignature") { $0.inclusions[2].signature[1] ^= 1 }
        expect("forgedSignature") { $0.inclusions[1].signature = $0.inclusions[0].signature }
        expect("duplicate") { $0.inclusions.append($0.inclusions[0]) }
        expect("unknownDevice") { $0.inclusions[0].member.device = stages.lost }
        expect("notInRoster") { $0.inclusions[0].member.path = [] }
        expect("tooFewEndorsements") { $0.endorsements.removeLast() }
        expect("tooFewEndorsements") { $0.endorsements = [] }
        expect("duplicate") { $0.endorsements[1] = $0.endorsements[0] }
        expect("forgedSignature") {
            $0.endorsements[1].signature = $0.endorsements[0].signature
        }
        expect("forgedSignature") { $0.endorsements[3].signature[2] ^= 4 }
        expect("notInRoster") { $0.endorsements[3].member.path[0][2] ^= 4 }
        expect("notInRoster") {
            $0.endorsements[3].member.identity = $0.endorsements[2].member.identity
        }
        // The lost device cannot have signed.
        expect("unknownDevice") { $0.endorsements[0].member.device = stages.lost }
        expect("unknownDevice") { $0.endorsements[0].member.device = .max }
    }

    @Test
    func `a verified set of another session, without the device or too far from it is refused`()
        throws
    {
        var other = try MaskedSum(
            cohortSize: 12, degree: 6, threshold: 3, minimumSurvivors: 6,
            committee: CommitteeSecurity(size: 12, quorum: 8), seed: 2)
        try other.advertise(Array(0..<12))
        _ = try other.share(Array(0..<12))
        _ = try other.mask(Array(0..<12))
        let foreign = try other.endorse(Array(0..<12), DeviceSet(0..<12, cohortSize: 12))
            .verified(by: other.accepted)
        expectRefusal("otherSession", by: stages.masked) { _ = try $0.unmask(foreign) }

        /// A set that a corrupt majority signed.
        func forged(_ survivors: DeviceSet) throws -> VerifiedSurvivors {
            let hash = stages.run.parameters.endorsedHash(of: survivors)
            let request = UnmaskingRequest(
                sharers: stages.request.sharers, survivors: survivors,
                endorsements: survivors.devices.prefix(8).map {
                    .init(
                        member: stages.run.roster.member($0),
                        signature: stages.run.identities[$0].sign(hash))
                },
                inclusions: stages.request.inclusions.filter {
                    survivors.contains($0.member.device)
                })
            return try verified(request)
        }
        // One set was signed, another is presented: both kinds of shares of one device would be
        // out.
        let all = try forged(DeviceSet(0..<12, cohortSize: 12))
        expectRefusal("inconsistentSurvivors", by: stages.endorsed) { _ = try $0.unmask(all) }
        let without = try forged(DeviceSet(1..<12, cohortSize: 12))
        expectRefusal("inconsistentSurvivors", by: stages.masked) { _ = try $0.unmask(without) }
        // A neighbour that has not said for whom its vector is masked: nothing keeps it in the sum.
        var silent = stages.request
        silent.inclusions.removeAll { $0.member.device == stages.neighbours[0] }
        let missing = try verified(silent)
        expectRefusal("missingInclusion", by: stages.endorsed) { _ = try $0.unmask(missing) }
        // Two of its neighbours left: its own seed could not be restored.
        let gone = Set(stages.neighbours.prefix(4))
        let far = try forged(
            DeviceSet((0..<12).filter { !gone.contains($0) }, cohortSize: 12))
        expectRefusal("tooFewDevices", by: stages.masked) { _ = try $0.unmask(far) }
    }

    /// An arc of the ring is given only its own members' shares, so that its masks cancel among
    /// themselves; everybody else is told the truth. Nobody hands out a share of the arc's seeds.
    @Test func `shares withheld from an arc do not cut it out of the sum`() throws {
        var run = try MaskedSum(cohortSize: 24, degree: 8, threshold: 3, minimumSurvivors: 4)
        let graph = run.accepted.graph
        // Four devices that are all neighbours of each other.
        var arc = [0]
        for device in 1..<24 where arc.count < 4 {
            let near = graph.neighbours(of: device)
            if arc.allSatisfy({ near.contains($0) }) { arc.append(device) }
        }
        try #require(arc.count == 4)
        let everybody = Array(0..<24)
        try run.advertise(everybody)
        _ = try run.share(everybody)
        var withheld = 0
        for device in everybody {
            var delivered = run.coordinator.shares(for: device)
            if arc.contains(device) {
                // The coordinator has to say that the others are gone.
                delivered.sharers = DeviceSet(arc, cohortSize: 24)
                delivered.shares.removeAll { !arc.contains($0.sender) }
            }
            let masked = try run.devices[device].mask(run.vectors[device], receiving: delivered)
            guard arc.contains(device) else {
                try run.coordinator.receive(masked)
                continue
            }
            // It bears a signature for other sharers.
            expect("forgedSignature") { try run.coordinator.receive(masked) }
            withheld += 1
        }
        #expect(withheld == arc.count)
        // A coordinator that goes on all the same, with every signature of the committee that it
        // could wish for.
        let survivors = DeviceSet(everybody, cohortSize: 24)
        let hash = run.parameters.endorsedHash(of: survivors)
        let request = UnmaskingRequest(
            sharers: survivors, survivors: survivors,
            endorsements: [
                .init(member: run.roster.member(5), signature: run.identities[5].sign(hash))
            ],
            inclusions: everybody.filter { !arc.contains($0) }.map { device in
                .init(
                    member: run.roster.member(device),
                    signature: run.identities[device].sign(
                        run.parameters.inclusionHash(of: device, sharers: survivors)))
            })
        let verified = try request.verified(by: run.accepted)
        for device in everybody where !arc.contains(device) {
            let isNear = graph.neighbours(of: device).contains(where: arc.contains)
            if isNear {
                expect("missingInclusion") { _ = try run.devices[device].unmask(verified) }
            } else {
                let answer = try run.devices[device].unmask(verified)
                #expect(!answer.survivors.contains { arc.contains($0.owner) })
            }
        }
    }

    /// The coordinator drops k/2 devices on either side of an arc: the graph falls apart, and no
    /// device signs or unmasks such a set.
    @Test func `survivors with a gap in the ring are refused`() throws {
        var run = try MaskedSum(
            cohortSize: 24, degree: 6, threshold: 2, minimumSurvivors: 10, leastInWindow: 1)
        let everybody = Array(0..<24)
        try run.advertise(everybody)
        _ = try run.share(everybody)
        for device in everybody {
            _ = try run.devices[device].mask(
                run.vectors[device], receiving: run.coordinator.shares(for: device))
        }
        // Three in a row are three neighbours of one device on the same side of it.
        let graph = run.accepted.graph
        var refused = 0
        for device in everybody {
            let gone = Set(graph.neighbours(of: device))
            let survivors = DeviceSet(
                everybody.filter { !gone.contains($0) }, cohortSize: 24)
            let witness = survivors.devices[3]
            expectRefusal("tooFewDevices", by: run.devices[witness]) {
                _ = try $0.endorse(survivors)
            }
            expect("tooFewDevices") {
                _ = try UnmaskingRequest(
                    sharers: DeviceSet(everybody, cohortSize: 24), survivors: survivors,
                    endorsements: [], inclusions: []
                ).verified(by: run.accepted)
            }
            refused += 1
        }
        #expect(refused == 24)
        // Two of three lost leave no gap.
        let gone = graph.neighbours(of: 0).prefix(2)
        let survivors = DeviceSet(everybody.filter { !gone.contains($0) }, cohortSize: 24)
        #expect(throws: Never.self) { try run.devices[survivors.devices[0]].endorse(survivors) }
    }

    @Test func `one kind of share is handed out for each neighbour`() throws {
        for start in [stages.masked, stages.endorsed] {
            var device = start
            let answer = try device.unmask(try verified(stages.request))
            #expect(
                answer.survivors.map(\.owner) == stages.neighbours.filter { $0 != stages.lost })
            #expect(answer.dropped.map(\.owner) == [stages.lost])
            #expect((answer.survivors + answer.dropped).allSatisfy { $0.shares.count == 40 })
        }
    }
}
