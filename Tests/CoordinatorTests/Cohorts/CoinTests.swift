import Coordinator
import FederatedProtocol
import PrivacyLedger
import Sodium
import Testing

@Suite struct CoinTests {
    private let secret = [UInt8](repeating: 6, count: 32)

    @Test func `coins fall at their rate, anew in each round, and the same when asked again`() {
        let rounds = (0..<50).map {
            SecretCohort.coins(rate: 0.1, round: $0, population: 2000, secret: secret)
        }
        #expect(
            rounds[3]
                == SecretCohort.coins(rate: 0.1, round: 3, population: 2000, secret: secret))
        #expect(
            rounds[3] != SecretCohort.coins(rate: 0.1, round: 3, population: 2000, secret: [7]))
        // Mean 200, standard deviation 13.4 in a round; 5.5 of them, a false alarm in 5e5 runs.
        #expect(rounds.allSatisfy { abs($0.count - 200) < 74 })
        // Mean 10,000, standard deviation 95 in all; 6 of them, a false alarm in 5e8.
        #expect(abs(rounds.reduce(0) { $0 + $1.count } - 10_000) < 570)
        // Two rounds have 20 devices in common, standard deviation 4.4.
        for (one, other) in zip(rounds, rounds.dropFirst()) {
            #expect(Set(one).intersection(other).count < 48)
        }
    }

    @Test func `the ends of the range are nobody and everybody`() {
        #expect(SecretCohort.coins(rate: 0, round: 0, population: 50, secret: secret).isEmpty)
        #expect(
            SecretCohort.coins(rate: 1, round: 0, population: 50, secret: secret)
                == Array(0..<50))
    }

    @Test func `simulated cohorts follow from the seed`() {
        func cohort(_ selection: CohortPolicy.Selection, round: Int) -> [Int] {
            SimulatedCohorts(
                population: 10,
                policy: CohortPolicy(
                    selection: selection, toleratedDropout: 0.2, colludingShare: 0.1), seed: 7
            ).devices(of: round)
        }
        #expect(cohort(.everyone, round: 4) == Array(0..<10))
        let turns = (0..<5).flatMap { cohort(.rotation(size: 4), round: $0) }
        for device in 0..<10 { #expect(turns.count { $0 == device } == 2) }
        #expect(cohort(.coins(rate: 0.5), round: 1) == cohort(.coins(rate: 0.5), round: 1))
        #expect(cohort(.coins(rate: 0.5), round: 1) != cohort(.coins(rate: 0.5), round: 2))
    }
}
