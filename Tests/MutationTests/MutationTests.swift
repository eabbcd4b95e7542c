import PrivacyLedger
import SecureAggregation
import Sodium
import Testing

@testable import PrivateAggregation

/// Planted bugs, each of which must be found by the checks that it names and by no other. None of
/// the checks may find anything in the pipeline as it is.
///
/// Seeds are fixed. With random ones, the pipeline as it is would raise a false alarm in at most 1
/// of 300 runs: three bounds at a confidence of 0.999, four tests of noise at five deviations, and
/// a wrap-around of the modulus in 1 of 10^12 sums.
@Suite struct MutationTests {
    /// The rounds of a pipeline without a bug, and what the checks of their integers find.
    private static let honest = Result { try inspected(Pipeline(fault: nil)) }

    private static func inspected(
        _ pipeline: Pipeline
    ) throws -> (rounds: [Pipeline.Round], alarms: Set<Alarm>) {
        let rounds = try pipeline.run()
        return (rounds, try pipeline.encodingAlarms(rounds))
    }

    private func alarms(_ pipeline: Pipeline) throws -> Set<Alarm> {
        let isHonest = pipeline.fault?.isOnPaper ?? false
        let (rounds, found) =
            try isHonest ? Self.honest.get() : Self.inspected(pipeline)
        let contents = try pipeline.contents()
        let ledger = try pipeline.ledgerFindings(contents).map { Alarm.ledger($0.kind) }
        return try found.union(ledger).union(pipeline.auditAlarms(rounds, contents))
            .union(pipeline.deviceAlarms(contents))
    }

    /// So that what is found in these steps with a bug is found in the product with that bug.
    @Test func `without a bug, the steps are those of the product's encoder`() throws {
        let pipeline = try Pipeline(fault: nil)
        let session = pipeline.session(0)
        let steps = try FaultyEncoder(plan: pipeline.plan, session: session, fault: nil)
        let encoder = try PrivateSumEncoder(plan: pipeline.plan, session: session)
        for device in 0..<20 {
            let vector = pipeline.vector(of: device, round: 0)
            var one = pipeline.randomness(device, round: 0)
            var other = one
            let seeds = encoder.makeNoiseSeeds(from: &one)
            let encoded = try encoder.encode(vector, noiseSeeds: seeds, randomness: &one)
            let contribution = try steps.encode(vector, device: device, randomness: &other)
            #expect(contribution.encoded == encoded)
        }
    }

    @Test func `a pipeline without a bug raises no alarm`() throws {
        #expect(try alarms(Pipeline(fault: nil)) == [])
    }

    @Test(arguments: Fault.allCases) func `a planted bug is caught`(fault: Fault) throws {
        #expect(!fault.alarms.isEmpty)
        let alarms = try alarms(Pipeline(fault: fault))
        #expect(alarms == fault.alarms)
    }

    /// None of them could be left out.
    @Test(arguments: [Alarm.audit, .norm, .noise, .seeds, .sum, .decoding, .device])
    func `every check catches a bug that no other does`(check: Alarm) {
        #expect(Fault.allCases.contains { $0.alarms == [check] })
    }
}
