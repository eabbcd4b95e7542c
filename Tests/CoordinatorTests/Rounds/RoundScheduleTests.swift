import Coordinator
import FederatedProtocol
import Sodium
import Testing

/// Rounds with random fates, delays and collectors. A failure names the seed that replays it.
@Suite struct RoundScheduleTests {
    @Test func `any schedule gives the sum of exactly the survivors, or fails with a reason`()
        throws
    {
        let fixture = try RoundFixture.make()
        var completed = 0
        var failed: [String: Int] = [:]
        for seed in 0..<120 as Range<UInt64> {
            var randomness = SeededRandomness(seed: seed, label: "schedule")
            var fates: [Int: RoundDriver.Fate] = [:]
            let faults = Int.random(in: 0...6, using: &randomness)
            for device in (0..<12).shuffled(using: &randomness).prefix(faults) {
                let step = RoundStep.allCases.randomElement(using: &randomness) ?? .masking
                fates[device] =
                    [.silent(step), .leaves(step), .leavesAfter(step)]
                    .randomElement(using: &randomness)
            }
            var driver = try RoundDriver(fixture, fates: fates, seed: seed)
            driver.repeats = Bool.random(using: &randomness)
            // Some devices are slower than a step waits.
            driver.latency = 1...(Int.random(in: 0..<4, using: &randomness) == 0 ? 12_000 : 3000)
            let isSpread = Int.random(in: 0..<3, using: &randomness) == 0
            if isSpread {
                driver.collectorNames = ["leader", "second", "third"]
                if Bool.random(using: &randomness) { driver.dead = ["third"] }
            }
            try driver.run()
            let context = "seed \(seed)"
            #expect(driver.surprises.isEmpty, "\(context)")
            switch try #require(driver.ending, "\(context)") {
            case .completed(let survivors):
                completed += 1
                #expect(survivors.count >= 9, "\(context)")
                let sum = try #require(driver.sum)
                let isRight = fixture.isSum(sum, of: survivors)
                #expect(isRight, "\(context)")
                for device in 0..<12 {
                    let isTold = driver.endings[device] == .ended(completed: true, reason: "")
                    #expect(!isTold || survivors.contains(device), "\(context)")
                    let isLost = driver.latency.upperBound > 3000 || !driver.dead.isEmpty
                    // Whoever did its part in time is in the sum, and knows it.
                    if fates[device] == nil, !isLost {
                        #expect(
                            isTold && survivors.contains(device),
                            "\(context), device \(device): \(driver.endings[device].debugDescription)"
                        )
                    }
                    if case .silent(let step)? = fates[device], step <= .masking {
                        #expect(!survivors.contains(device), "\(context)")
                    }
                }
            case .failed(let step, let left, let needed):
                failed[step, default: 0] += 1
                #expect(left < needed, "\(context)")
                #expect(driver.sum == nil, "\(context)")
                for case .ended(true, _)? in driver.endings {
                    Issue.record("\(context): a device was told that the round completed")
                }
            }
        }
        // All of it is reached, and most schedules are not hopeless.
        #expect(completed > 50)
        #expect(failed.keys.count >= 3, "\(failed)")
    }
}
