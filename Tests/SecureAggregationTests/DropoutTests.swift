import SecureAggregation
import Sodium
import Testing

@Suite struct DropoutTests {
    /// Runs a session; true if it gave the survivors' sum, false if a party refused to go on.
    private func succeeds(_ run: MaskedSum, _ fates: [Fate]) throws -> Bool {
        var run = run
        do {
            let (unmasked, survivors) = try run.run(fates)
            #expect(unmasked.sum == run.plainSum(of: survivors), "\(fates)")
            #expect(unmasked.survivors.devices == survivors)
            #expect(survivors.count >= run.parameters.minimumSurvivors)
            return true
        } catch let error as AggregationError {
            switch error {
            case .tooFewDevices, .tooFewEndorsements: return false
            default: throw error
            }
        }
    }

    @Test(arguments: 1...3)
    func `four devices under each of the 625 dropout patterns give the exact sum or none`(
        threshold: Int
    ) throws {
        let run = try MaskedSum(cohortSize: 4, degree: 3, threshold: threshold)
        for pattern in 0..<625 {
            var rest = pattern
            let fates = try (0..<4).map { _ in
                defer { rest /= 5 }
                return try #require(Fate(rawValue: rest % 5))
            }
            // Each device that stays needs the shares of as many others as the threshold says.
            let staying = fates.filter { $0 == .stays }.count
            #expect(try succeeds(run, fates) == (staying > threshold), "\(fates)")
        }
    }

    @Test(arguments: [
        (cohort: 5, degree: 4, threshold: 3), (cohort: 6, degree: 5, threshold: 2),
        (cohort: 12, degree: 6, threshold: 3),
    ])
    func `random dropout patterns give the exact sum or none`(
        cohort: Int, degree: Int, threshold: Int
    ) throws {
        let run = try MaskedSum(
            cohortSize: cohort, degree: degree, threshold: threshold,
            committee: CommitteeSecurity(size: cohort - 1, quorum: 3))
        var randomness = SeededRandomness(seed: 2, label: "fates", "\(cohort)")
        var outcomes = [true: 0, false: 0]
        for trial in 0..<400 {
            // From sessions that nobody leaves to sessions that half of the devices leave.
            let leaving = trial % 100
            let fates = (0..<cohort).map { _ in
                Int.random(in: 0..<200, using: &randomness) < leaving
                    ? Fate.allCases[Int.random(in: 0..<4, using: &randomness)] : .stays
            }
            outcomes[try succeeds(run, fates), default: 0] += 1
        }
        #expect(outcomes[true, default: 0] > 100 && outcomes[false, default: 0] > 10)
    }

    /// Fifteen devices of 45 leave at one step: just what the parameters tolerate. Five more at any
    /// step end the session, and nothing is committed where it ends before the shares are asked
    /// for.
    @Test(arguments: [Fate.absent, .afterAdvertising, .afterSharing, .afterMasking])
    func `a third of the cohort may leave at each step, and no more`(_ fate: Fate) throws {
        let size = 45
        let run = try MaskedSum(
            cohortSize: size, degree: size - 1, threshold: 25, minimumSurvivors: 30,
            committee: CommitteeSecurity(size: size, quorum: 30))
        var fates = [Fate](repeating: .stays, count: size)
        for device in 0..<15 { fates[3 * device] = fate }
        #expect(try succeeds(run, fates))
        for device in 0..<5 { fates[9 * device + 1] = fate }
        #expect(try !succeeds(run, fates))
    }

    @Test(arguments: [1, 7, 15, 16, 17, 31, 32])
    func `sums are modulo every width`(bits: Int) throws {
        var run = try MaskedSum(
            cohortSize: 6, degree: 4, threshold: 2, vectorLength: 9000, modulusBits: bits)
        let fates: [Fate] = [.stays, .afterSharing, .stays, .stays, .afterMasking, .stays]
        let (unmasked, survivors) = try run.run(fates)
        #expect(survivors == [0, 2, 3, 4, 5])
        #expect(unmasked.sum == run.plainSum(of: survivors))
    }

    @Test func `two devices can sum`() throws {
        var run = try MaskedSum(cohortSize: 2, degree: 1, threshold: 1)
        let (unmasked, _) = try run.run([.stays, .stays])
        #expect(unmasked.sum == run.plainSum(of: [0, 1]))
    }

    @Test func `what is committed names the survivors, and a failed commitment ends the session`()
        throws
    {
        struct Full: Error {}
        var run = try MaskedSum(cohortSize: 4, degree: 3, threshold: 2)
        try run.advertise([0, 1, 2, 3])
        _ = try run.share([0, 1, 2])
        _ = try run.mask([2, 0])
        let survivors = DeviceSet([0, 2], cohortSize: 4)
        try run.coordinator.receive(try run.devices[0].endorse(survivors))
        #expect(throws: Full.self) {
            try run.coordinator.endEndorsing { told, perStep in
                #expect(told == survivors)
                #expect(perStep == [4, 3, 2])
                throw Full()
            }
        }
        #expect(throws: AggregationError.self) { try run.coordinator.reveal() }
        #expect(throws: AggregationError.self) { try run.coordinator.endEndorsing { _, _ in } }
    }

    @Test func `nothing is committed without a quorum`() throws {
        var run = try MaskedSum(
            cohortSize: 4, degree: 3, threshold: 2,
            committee: CommitteeSecurity(size: 4, quorum: 3))
        try run.advertise([0, 1, 2, 3])
        _ = try run.share([0, 1, 2, 3])
        _ = try run.mask([0, 1, 2, 3])
        let survivors = DeviceSet(0..<4, cohortSize: 4)
        for device in [1, 3] {
            try run.coordinator.receive(try run.devices[device].endorse(survivors))
        }
        #expect(throws: AggregationError.tooFewEndorsements(valid: 2, needed: 3)) {
            try run.coordinator.endEndorsing { _, _ in Issue.record("committed without a quorum") }
        }
    }
}
