import Foundation
import Recommender
import Sodium
import Testing

@testable import Simulation

@Suite struct TargetExposureTests {
    private let evaluation = RankingEvaluation(
        .init(cutoff: 5, negatives: 20, seed: 2), itemCount: 60)

    private func outcomes(_ people: Int) -> [TargetExposure.Outcome?] {
        var random = SeededRandomness(seed: 6, label: "exposure")
        return (0..<people).map { person in
            let scores = (0..<60).map { _ in Float(random.nextNormal()) }
            let seen = random.draw(12, below: 60).map { Int32($0) }
            let outcome = TargetExposure.outcome(
                of: 7, scores: scores, user: person, seen: seen, in: evaluation)
            #expect((outcome == nil) == seen.contains(7))
            if let outcome {
                let better = scores.indices.count {
                    scores[$0] > scores[7] && !seen.contains(Int32($0))
                }
                #expect(outcome.rank == better && outcome.isShown == (better < 5))
            }
            return outcome
        }
    }

    @Test func `exposure counts people in any order, and is bounded`() throws {
        var random = SeededRandomness(seed: 1, label: "order")
        let outcomes = outcomes(200).compactMap { $0 }
        var all = TargetExposure()
        for outcome in outcomes { all.add(outcome) }
        var (front, back) = (TargetExposure(), TargetExposure())
        for outcome in outcomes.prefix(70).reversed() { front.add(outcome) }
        for outcome in outcomes.dropFirst(70).shuffled(using: &random) { back.add(outcome) }
        back += front
        #expect(back == all && all.people == outcomes.count && all.people < 200)
        #expect((0...1).contains(all.share) && (0...1).contains(all.sampledHitRate))
        #expect((0...59).contains(all.meanRank))
        // Scores are random: a list of 5 among 48, and among 21.
        #expect(abs(all.share - 5.0 / 48) < 0.08)
        #expect(abs(all.sampledHitRate - 5.0 / 21) < 0.1)
        let data = try JSONEncoder().encode(all)
        #expect(try JSONDecoder().decode(TargetExposure.self, from: data) == all)
    }

    @Test func `the best item is shown to everybody, the worst to nobody, and nobody is fine`() {
        for (score, share) in [(Float(9), 1.0), (-9, 0)] {
            var exposure = TargetExposure()
            for person in 0..<10 {
                var scores = [Float](repeating: 0, count: 60)
                scores[7] = score
                if let outcome = TargetExposure.outcome(
                    of: 7, scores: scores, user: person, seen: [1, 2], in: evaluation)
                {
                    exposure.add(outcome)
                }
            }
            #expect(exposure.share == share && exposure.sampledHitRate == share)
            #expect(exposure.meanRank == (share == 1 ? 0 : 57))
        }
        #expect(TargetExposure().share == 0 && TargetExposure().meanRank == 0)
    }
}
