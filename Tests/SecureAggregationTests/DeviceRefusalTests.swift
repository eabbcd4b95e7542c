import SecureAggregation
import Sodium
import Testing
import VectorKernels

/// What a device refuses of what a coordinator that lies sends, and that it never answers
/// afterwards.
@Suite struct DeviceRefusalTests {
    typealias Device = AggregationDevice<SeededRandomness>

    /// A session of 12 devices of degree 6, stopped before each step of device 0, which is in the
    /// committee.
    private struct Stages {
        var run: MaskedSum
        let neighbours: [Int]
        let stranger: Int
        let lost: Int
        let ready: Device
        let advertised: Device
        let shared: Device
        let masked: Device
        let endorsed: Device
        let introductions: [PeerIntroduction]
        let shares: DeliveredShares
        let survivors: DeviceSet
        let request: UnmaskingRequest
    }

    private let stages: Stages

    init() throws {
        var run = try MaskedSum(
            cohortSize: 12, degree: 6, threshold: 3, minimumSurvivors: 6,
            committee: CommitteeSecurity(size: 12, quorum: 8))
        let neighbours = run.accepted.graph.neighbours(of: 0)
        let stranger = try #require((1..<12).first { !neighbours.contains($0) })
        let ready = run.devices[0]
        try run.advertise(Array(0..<12))
        let advertised = run.devices[0]
        let introductions = run.coordinator.introductions(for: 0).peers
        _ = try run.share(Array(0..<12))
        let shared = run.devices[0]
        let shares = run.coordinator.shares(for: 0)
        let lost = neighbours[2]
        let left = (0..<12).filter { $0 != lost }
        _ = try run.mask(left)
        let masked = run.devices[0]
        let survivors = DeviceSet(left, cohortSize: 12)
        let request = try run.endorse(left, survivors)
        stages = Stages(
            run: run, neighbours: neighbours, stranger: stranger, lost: lost, ready: ready,
            advertised: advertised, shared: shared, masked: masked, endorsed: run.devices[0],
            introductions: introductions, shares: shares, survivors: survivors, request: request)
    }

    private func kind(of error: any Error) -> String {
        let mirror = Mirror(reflecting: error)
        return mirror.children.first?.label ?? "\(error)".split(separator: " ").first.map(
            String.init)
            ?? ""
    }

    private func expect(
        _ kind: String, sourceLocation: SourceLocation = #_sourceLocation, _ step: () throws -> Void
    ) {
        #expect(sourceLocation: sourceLocation) {
            try step()
        } throws: {
            guard let error = $0 as? AggregationError else { return false }
            if case .otherSession = error { return kind == "otherSession" }
            return !error.description.isEmpty && self.kind(of: error) == kind
        }
    }

    /// Expects `step` to throw an error of the kind and every later step of the same device to
    /// throw.
    private func expectRefusal(
        _ kind: String, by device: Device, sourceLocation: SourceLocation = #_sourceLocation,
        _ step: (inout Device) throws -> Void
    ) {
        var device = device
        expect(kind, sourceLocation: sourceLocation) { try step(&device) }
        #expect(throws: AggregationError.self, sourceLocation: sourceLocation) {
            try device.advertiseKeys()
        }
        #expect(throws: AggregationError.self, sourceLocation: sourceLocation) {
            try device.shareKeys(with: try peers(stages.introductions))
        }
        #expect(throws: AggregationError.self, sourceLocation: sourceLocation) {
            try device.mask(stages.run.vectors[0], receiving: stages.shares)
        }
        #expect(throws: AggregationError.self, sourceLocation: sourceLocation) {
            try device.endorse(stages.survivors)
        }
        #expect(throws: AggregationError.self, sourceLocation: sourceLocation) {
            try device.unmask(try verified(stages.request))
        }
    }

    private func peers(_ introductions: [PeerIntroduction]) throws -> [VerifiedPeer] {
        try introductions.map { try $0.verified(under: stages.run.parameters) }
    }

    private func verified(_ request: UnmaskingRequest) throws -> VerifiedSurvivors {
        try request.verified(by: stages.run.accepted)
    }

    /// The introduction of a device whose keys were changed and signed again, as a corrupt one can.
    private func signed(
        _ introduction: PeerIntroduction, _ change: (inout KeyAdvertisement) -> Void
    ) -> PeerIntroduction {
        var changed = introduction
        change(&changed.advertisement)
        let device = introduction.member.device
        changed.advertisement.signature = stages.run.identities[device].sign(
            changed.advertisement.signedHash(under: stages.run.parameters))
        return changed
    }

    // Joining.

    @Test func `a device joins only at its own place of the roster`() throws {
        let run = stages.run
        var members = [run.roster.member(1)]
        var member = run.roster.member(0)
        member.device = 1
        members.append(member)
        for number in [-1, 12, .max, .min] {
            member.device = number
            members.append(member)
        }
        member = run.roster.member(0)
        member.path.removeLast()
        members.append(member)
        member = run.roster.member(0)
        member.path[1][7] ^= 1
        members.append(member)
        member = run.roster.member(0)
        member.identity.removeLast()
        members.append(member)
        for member in members {
            #expect(throws: AggregationError.self) {
                try Device(
                    accepted: run.accepted, membership: member, identity: run.identities[0],
                    randomness: SeededRandomness(seed: 1))
            }
        }
    }

    @Test func `a roster names everybody once`() throws {
        let keys = stages.run.identities.map(\.publicKey)
        #expect(try Roster(keys.reversed()).root == stages.run.roster.root)
        expect("invalidParameters") { _ = try Roster(keys + [keys[3]]) }
        expect("invalidParameters") { _ = try Roster([keys[0]]) }
        expect("invalidParameters") { _ = try Roster([keys[0], [1, 2]]) }
        expect("invalidParameters") {
            _ = try AggregationCoordinator(
                parameters: stages.run.parameters, roster: try Roster(Array(keys.dropLast())))
        }
    }

    private func parameters(
        cohort: Int = 1000, graph: GraphSecurity? = nil, committee: CommitteeSecurity? = nil,
        minimum: Int = 700, round: UInt64 = 5, noise: ExcessNoise = .none
    ) throws -> AggregationParameters {
        try AggregationParameters(
            session: [UInt8](repeating: 1, count: 32), round: round,
            rosterRoot: [UInt8](repeating: 2, count: 32),
            purpose: [UInt8](repeating: 3, count: 32), cohortSize: cohort, vectorLength: 10,
            modulusBits: 20,
            graph: graph
                ?? GraphSecurity.choose(cohortSize: cohort, corruptShare: 0.05, dropoutShare: 0.3),
            committee: committee
                ?? CommitteeSecurity.choose(
                    cohortSize: cohort, corruptShare: 0.05, dropoutShare: 0.3),
            minimumSurvivors: minimum, excessNoise: noise)
    }

    @Test func `parameters that a device did not consent to are refused`() throws {
        let good = try parameters()
        let terms = AggregationTerms(
            minimumSurvivors: 700, corruptShare: 0.05, purpose: good.purpose, latestRound: 4)
        _ = try terms.accept(good)
        let graph = good.graph
        let committee = good.committee
        // A cohort below the minimum.
        expect("refusedTerms") { _ = try terms.accept(try parameters(minimum: 699)) }
        // A cohort that may consist of corrupt devices but for one.
        expect("refusedTerms") {
            _ = try AggregationTerms(minimumSurvivors: 2, corruptShare: 0.05).accept(
                try parameters(minimum: 51))
        }
        // Replays: the round was, or is long gone.
        expect("replayed") { _ = try terms.accept(try parameters(round: 4)) }
        expect("replayed") { _ = try terms.accept(try parameters(round: 0)) }
        // A graph in which corrupt neighbours are too likely to reach the threshold, or to cut the
        // ring.
        expect("refusedTerms") {
            _ = try terms.accept(
                try parameters(
                    graph: GraphSecurity(
                        degree: graph.degree, threshold: graph.threshold - 1,
                        leastInWindow: graph.leastInWindow)))
        }
        expect("refusedTerms") {
            _ = try terms.accept(
                try parameters(
                    graph: GraphSecurity(
                        degree: 20, threshold: 20, leastInWindow: 10)))
        }
        expect("refusedTerms") {
            _ = try terms.accept(
                try parameters(
                    graph: GraphSecurity(
                        degree: graph.degree, threshold: graph.threshold,
                        leastInWindow: graph.leastInWindow - 1)))
        }
        expect("refusedTerms") {
            _ = try terms.accept(
                try parameters(graph: GraphSecurity(degree: 999, threshold: 50)))
        }
        // A committee of which corrupt members could sign twice.
        expect("refusedTerms") {
            _ = try terms.accept(
                try parameters(
                    committee: CommitteeSecurity(
                        size: committee.size, quorum: committee.size / 2)))
        }
        expect("refusedTerms") {
            _ = try terms.accept(try parameters(committee: CommitteeSecurity(size: 3, quorum: 3)))
        }
        // Another sum than the one that was consented to.
        var others = terms
        others.purpose = [UInt8](repeating: 4, count: 32)
        expect("refusedTerms") { _ = try others.accept(good) }
        // Noise that counts on devices which may be corrupt.
        let noise = try ExcessNoise(
            componentCount: 1, baseUnits: 2, targetUnits: 2 * 950, excluded: 50, cohortSize: 1000,
            minimumSurvivors: 700)
        expect("refusedTerms") { _ = try terms.accept(try parameters(noise: noise)) }
        for share in [-0.1, 1, .nan, .infinity] {
            others = terms
            others.corruptShare = share
            expect("invalidParameters") { _ = try others.accept(good) }
        }
        others = terms
        // A device that trusts fewer of the others.
        others = terms
        others.corruptShare = 0.1
        expect("refusedTerms") { _ = try others.accept(good) }
    }

    // Steps.

    @Test func `steps out of order or twice end the session`() throws {
        let vector = stages.run.vectors[0]
        let peers = try peers(stages.introductions)
        let verified = try verified(stages.request)
        for device in [stages.advertised, stages.shared, stages.masked, stages.endorsed] {
            expectRefusal("unexpectedStep", by: device) { _ = try $0.advertiseKeys() }
        }
        for device in [stages.ready, stages.shared, stages.masked] {
            expectRefusal("unexpectedStep", by: device) { _ = try $0.shareKeys(with: peers) }
        }
        for device in [stages.ready, stages.advertised, stages.masked] {
            expectRefusal("unexpectedStep", by: device) {
                _ = try $0.mask(vector, receiving: stages.shares)
            }
        }
        for device in [stages.ready, stages.advertised, stages.shared, stages.endorsed] {
            expectRefusal("unexpectedStep", by: device) { _ = try $0.endorse(stages.survivors) }
        }
        for device in [stages.ready, stages.advertised, stages.shared] {
            expectRefusal("unexpectedStep", by: device) { _ = try $0.unmask(verified) }
        }
        for device in [stages.masked, stages.endorsed] {
            var answered = device
            #expect(throws: Never.self) { try answered.unmask(verified) }
            expectRefusal("unexpectedStep", by: answered) { _ = try $0.unmask(verified) }
        }
    }

    // A coordinator that lies about keys.

    @Test func `keys that their owner did not sign are refused`() throws {
        let parameters = stages.run.parameters
        func expect(
            _ kind: String, sourceLocation: SourceLocation = #_sourceLocation,
            _ change: (inout PeerIntroduction) -> Void
        ) {
            var introduction = stages.introductions[0]
            change(&introduction)
            self.expect(kind, sourceLocation: sourceLocation) {
                _ = try introduction.verified(under: parameters)
            }
        }
        // The coordinator's own keys in the place of a neighbour's, to read its shares or take off
        // its masks.
        expect("forgedSignature") { $0.advertisement.encryptionKey[0] ^= 1 }
        expect("forgedSignature") { $0.advertisement.maskingKey[31] ^= 1 }
        // A commitment to a seed that the coordinator knows.
        expect("forgedSignature") { $0.advertisement.commitments[0][5] ^= 1 }
        expect("forgedSignature") { $0.advertisement.signature[9] ^= 1 }
        expect("forgedSignature") { $0.advertisement.signature = [] }
        // An identity of the coordinator's own, which is in no roster.
        expect("notInRoster") { introduction in
            guard let own = try? SigningKey(seed: SecretBytes([UInt8](repeating: 5, count: 32)))
            else { return }
            introduction.member.identity = own.publicKey
            introduction.advertisement.signature = own.sign(
                introduction.advertisement.signedHash(under: parameters))
        }
        // One enrolled device in the place of another.
        expect("malformed") { $0.member = stages.run.roster.member(stages.stranger) }
        expect("notInRoster") {
            $0.member = stages.run.roster.member(stages.stranger)
            $0.member.device = $0.advertisement.device
        }
        expect("notInRoster") { $0.member.path[0][0] ^= 1 }
        expect("notInRoster") { $0.member.path = [] }
        expect("unknownDevice") {
            $0.member.device = .max
            $0.advertisement.device = .max
        }
        expect("malformed") { $0.advertisement.encryptionKey.removeLast() }
        expect("malformed") { $0.advertisement.commitments = [] }
        expect("malformed") { $0.advertisement.commitments.append([]) }
    }

    @Test func `keys of another session are refused, whatever differs`() throws {
        let good = stages.run.parameters
        func varied(round: UInt64? = nil, minimum: Int? = nil, session: UInt8? = nil) throws
            -> AggregationParameters
        {
            try AggregationParameters(
                session: session.map { [UInt8](repeating: $0, count: 32) } ?? good.session,
                round: round ?? good.round, rosterRoot: good.rosterRoot, purpose: good.purpose,
                cohortSize: good.cohortSize, vectorLength: good.vectorLength,
                modulusBits: good.modulusBits, graph: good.graph, committee: good.committee,
                minimumSurvivors: minimum ?? good.minimumSurvivors)
        }
        for other in [try varied(round: 1), try varied(minimum: 7), try varied(session: 8)] {
            expect("forgedSignature") {
                _ = try stages.introductions[0].verified(under: other)
            }
            // What was checked under other parameters is not taken over either.
            var resigned = stages.introductions
            for index in resigned.indices {
                resigned[index].advertisement.signature =
                    stages.run.identities[resigned[index].member.device].sign(
                        resigned[index].advertisement.signedHash(under: other))
            }
            let foreign = try resigned.map { try $0.verified(under: other) }
            expectRefusal("otherSession", by: stages.advertised) {
                _ = try $0.shareKeys(with: foreign)
            }
        }
    }

    @Test func `neighbours that the seed does not give are refused`() throws {
        let introductions = stages.introductions
        func expect(
            _ kind: String, sourceLocation: SourceLocation = #_sourceLocation,
            _ change: (inout [PeerIntroduction]) -> Void
        ) throws {
            var changed = introductions
            change(&changed)
            let peers = try peers(changed)
            expectRefusal(kind, by: stages.advertised, sourceLocation: sourceLocation) {
                _ = try $0.shareKeys(with: peers)
            }
        }
        let stranger = try #require(stages.run.coordinator.introduction(of: stages.stranger))
        let own = try #require(stages.run.coordinator.introduction(of: 0))
        try expect("unknownDevice") { $0[0] = stranger }
        try expect("unknownDevice") { $0.append(stranger) }
        try expect("unknownDevice") { $0[0] = own }
        try expect("duplicate") { $0[1] = $0[0] }
        try expect("duplicate") { $0.append($0[0]) }
        try expect("tooFewDevices") { $0 = Array($0.prefix(2)) }
        try expect("tooFewDevices") { $0 = [] }
        // Corrupt neighbours that sign what they like.
        try expect("malformed") { list in
            let first = list[0].advertisement
            list[1] = signed(list[1]) { $0.maskingKey = first.maskingKey }
        }
        try expect("malformed") { list in
            list[1] = signed(list[1]) { $0.maskingKey = $0.encryptionKey }
        }
        try expect("malformed") { list in
            list[0] = signed(list[0]) { $0.encryptionKey = [UInt8](repeating: 0, count: 32) }
        }
        for reflect in [\KeyAdvertisement.encryptionKey, \.maskingKey] {
            try expect("malformed") { list in
                list[0] = signed(list[0]) { $0.maskingKey = own.advertisement[keyPath: reflect] }
            }
        }
    }

    @Test func `a weak masking key ends the session before anything is masked`() throws {
        var introductions = stages.introductions
        introductions[0] = signed(introductions[0]) {
            $0.maskingKey = [UInt8](repeating: 0, count: 32)
        }
        var device = stages.advertised
        _ = try device.shareKeys(with: try peers(introductions))
        expectRefusal("malformed", by: device) {
            _ = try $0.mask(stages.run.vectors[0], receiving: stages.shares)
        }
    }

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
