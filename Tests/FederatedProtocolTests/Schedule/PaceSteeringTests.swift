import FederatedProtocol
import Sodium
import Testing

@Suite struct PaceSteeringTests {
    /// Check-ins in each of `seconds` seconds, where all devices come first at the same moment.
    private func checkIns(
        of devices: Int, seconds: Int, _ pace: PaceSteering, nextRound: Int64? = nil
    ) -> [Int] {
        var randomness = SeededRandomness(seed: 3, label: "pace")
        var counts = [Int](repeating: 0, count: seconds)
        let (earliest, latest) = pace.wait(present: devices, nextRound: nextRound)
        for _ in 0..<devices {
            var time = Int.random(in: earliest...latest, using: &randomness)
            while time < 1000 * seconds {
                counts[time / 1000] += 1
                time += Int.random(in: earliest...latest, using: &randomness)
            }
        }
        return counts
    }

    @Test func `a million devices are spread to about the rate from the first wave on`() {
        let counts = checkIns(of: 1_000_000, seconds: 4000, PaceSteering(checkInsPerSecond: 1000))
        // Where the first wave of those that came all at once overlaps with the second, it is half as
        // much again.
        #expect((counts.max() ?? 0) < 1750)
        let later = counts.dropFirst(2500)
        let mean = Double(later.reduce(0, +)) / Double(later.count)
        #expect(abs(mean - 1000) < 60)
        #expect(later.allSatisfy { $0 > 700 && $0 < 1300 })
    }

    @Test func `two hundred devices are all back within seconds`() {
        let (earliest, latest) = PaceSteering(checkInsPerSecond: 1000)
            .wait(present: 200, nextRound: nil)
        #expect(earliest == 500 && latest == 1500)
    }

    @Test func `a few devices meet when a round is likely to begin`() {
        let pace = PaceSteering(checkInsPerSecond: 1000)
        let (earliest, latest) = pace.wait(present: 200, nextRound: 30_000)
        #expect(earliest == 30_000 && latest == 31_000)
        // A guess is not believed for longer than ten minutes.
        #expect(pace.wait(present: 200, nextRound: .max).latest == 601_000)
        // Many do not all come then.
        let many = pace.wait(present: 1_000_000, nextRound: 30_000)
        #expect(many.latest - many.earliest == 1_000_000)
    }

    @Test func `extremes give windows all the same`() {
        for (present, rate) in [(0, 1.0), (.max, 1e-300), (-5, -1), (1, .infinity)] {
            let (earliest, latest) = PaceSteering(checkInsPerSecond: rate)
                .wait(present: present, nextRound: .min)
            #expect(earliest >= 0 && latest > earliest && latest <= Int(UInt32.max))
        }
    }
}
