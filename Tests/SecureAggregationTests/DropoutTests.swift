import SecureAggregation
import Sodium
import Testing

@Suite struct DropoutTests {
    /// Runs a session; true if it gave the survivors' sum, false if a party refused to go on.
    private func succeeds(_ run: MaskedSum, _ fates: [Fate]) throws -> Bool {
        var run = run
        do {
            let (sum, survivors) = try run.run(fates)
            #expect(sum == run.plainSum(of: survivors), "\(fates)")
            #expect(survivors.count >= run.parameters.minimumSurvivors)
            return true
        } catch let error as AggregationError {
            guard case .tooFewDevices = error else { throw error }
            return false
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
        let run = try MaskedSum(cohortSize: cohort, degree: degree, threshold: threshold)
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

    @Test(arguments: [1, 7, 31, 32])
    func `sums are modulo every width`(bits: Int) throws {
        var run = try MaskedSum(
            cohortSize: 6, degree: 4, threshold: 2, vectorLength: 5000, modulusBits: bits)
        let fates: [Fate] = [.stays, .afterSharing, .stays, .stays, .afterMasking, .stays]
        let (sum, survivors) = try run.run(fates)
        #expect(survivors == [0, 2, 3, 4, 5])
        #expect(sum == run.plainSum(of: survivors))
    }

    @Test func `two devices can sum`() throws {
        var run = try MaskedSum(cohortSize: 2, degree: 1, threshold: 1)
        let (sum, _) = try run.run([.stays, .stays])
        #expect(sum == run.plainSum(of: [0, 1]))
    }

    @Test func `what is committed names the survivors, and a failed commitment ends the session`()
        throws
    {
        struct Full: Error {}
        var run = try MaskedSum(cohortSize: 4, degree: 3, threshold: 2)
        let told = try run.advertise([0, 1, 2, 3])
        let (_, mailboxes) = try run.share([0, 1, 2], told)
        for device in [2, 0] {
            try run.coordinator.receive(
                try run.devices[device].mask(
                    run.vectors[device], receiving: mailboxes[device] ?? []))
        }
        #expect(throws: Full.self) {
            try run.coordinator.endMasking { survivors, perStep in
                #expect(survivors == [0, 2])
                #expect(perStep == [4, 3, 2])
                throw Full()
            }
        }
        #expect(throws: AggregationError.self) { try run.coordinator.reveal() }
        #expect(throws: AggregationError.self) { try run.coordinator.endMasking { _, _ in } }
    }
}
