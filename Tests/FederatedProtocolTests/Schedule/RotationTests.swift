import FederatedProtocol
import PrivacyLedger
import Sodium
import Testing

@Suite struct RotationTests {
    /// Rounds of a rotation with devices that come and go.
    private func run(
        population: Int, size: Int, rounds: Int, presence: Double, seed: UInt64
    ) -> (counts: [Int: Int], most: [Int], cohorts: [[Int]], absent: Int) {
        var randomness = SeededRandomness(seed: seed, label: "presence")
        var counts: [Int: Int] = [:]
        var most: [Int] = []
        var cohorts: [[Int]] = []
        var absent = 0
        for _ in 0..<rounds {
            let present = Set(
                (0..<population).filter { _ in
                    Double.random(in: 0..<1, using: &randomness) < presence
                })
            let rotation = Rotation(
                size: size, population: population, present: present, invitationCounts: counts)
            let cohort = rotation.cohort(from: &randomness)
            #expect(rotation.absentCount == cohort.count { !present.contains($0) })
            absent += rotation.absentCount
            for device in cohort { counts[device, default: 0] += 1 }
            most.append(counts.values.max() ?? 0)
            cohorts.append(cohort)
        }
        return (counts, most, cohorts, absent)
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `no device is invited more often than the sampling claim allows, whoever is there`(
        seed: UInt64
    ) {
        var randomness = SeededRandomness(seed: seed, label: "shape")
        let population = Int.random(in: 2...60, using: &randomness)
        let size = Int.random(in: 1...population, using: &randomness)
        let presence = Double.random(in: 0...1, using: &randomness)
        let policy = CohortPolicy(
            selection: .rotation(size: size), toleratedDropout: 0.2, colludingShare: 0.1)
        let (counts, most, cohorts, _) = run(
            population: population, size: size, rounds: 300, presence: presence, seed: seed)
        for (round, most) in most.enumerated() {
            #expect(
                most <= policy.mostParticipations(in: round + 1, population: population),
                "seed \(seed), round \(round): \(size) of \(population)")
        }
        for cohort in cohorts {
            #expect(cohort.count == size && Set(cohort).count == size)
            #expect(cohort == cohort.sorted() && cohort.allSatisfy((0..<population).contains))
        }
        // Everybody gets their turn, as often as others but for one.
        let fewest = (0..<population).map { counts[$0] ?? 0 }.min() ?? 0
        #expect((most.last ?? 0) - fewest <= 1)
    }

    @Test func `devices that are there come first, and absent ones only where there are too few`() {
        var randomness = SeededRandomness(seed: 1, label: "first")
        let counts = Dictionary(uniqueKeysWithValues: (0..<50).map { ($0, 1) })
        let present = Set(stride(from: 0, to: 100, by: 2))
        let enough = Rotation(
            size: 25, population: 100, present: present, invitationCounts: counts)
        #expect(enough.absentCount == 0)
        #expect(enough.cohort(from: &randomness) == Array(stride(from: 50, to: 100, by: 2)))
        let few = Rotation(size: 30, population: 100, present: present, invitationCounts: counts)
        #expect(few.absentCount == 5)
        let cohort = few.cohort(from: &randomness)
        #expect(cohort.count { present.contains($0) } == 25)
        #expect(cohort.allSatisfy { $0 >= 50 })
    }

    @Test func `cohorts are drawn at random`() {
        let rotation = Rotation(
            size: 10, population: 40, present: Set(0..<40), invitationCounts: [:])
        var randomness = SeededRandomness(seed: 1, label: "draws")
        var drawn = [Int](repeating: 0, count: 40)
        for _ in 0..<4000 {
            for device in rotation.cohort(from: &randomness) { drawn[device] += 1 }
        }
        // Mean 1000, standard deviation 27: 6 of them, a false alarm in 1e7.
        #expect(drawn.allSatisfy { abs($0 - 1000) < 165 })
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `devices that come, go and are invited one by one give what sorting anew gives`(
        seed: UInt64
    ) {
        var randomness = SeededRandomness(seed: seed, label: "steps")
        let population = Int.random(in: 2...50, using: &randomness)
        let size = Int.random(in: 1...population, using: &randomness)
        var present: Set<Int> = []
        var counts: [Int: Int] = [:]
        var rotation = Rotation(size: size, population: population)
        for _ in 0..<300 {
            let device = Int.random(in: 0..<population, using: &randomness)
            if Bool.random(using: &randomness) {
                rotation.arrive(device)
                present.insert(device)
            } else {
                rotation.leave(device)
                present.remove(device)
            }
            if Int.random(in: 0..<5, using: &randomness) == 0 {
                let cohort = rotation.cohort(using: &randomness)
                // Those of an earlier turn, and among them those who are there.
                func rank(_ device: Int) -> Int {
                    2 * (counts[device] ?? 0) + (present.contains(device) ? 0 : 1)
                }
                let best = (0..<population).map(rank).sorted().prefix(size)
                #expect(cohort.map(rank).sorted() == Array(best), "seed \(seed)")
                rotation.invite(cohort)
                for device in cohort { counts[device, default: 0] += 1 }
            }
            let anew = Rotation(
                size: size, population: population, present: present, invitationCounts: counts)
            #expect(rotation.absentCount == anew.absentCount, "seed \(seed)")
        }
        for device in 0..<population {
            #expect(rotation.invitationCount(of: device) == counts[device] ?? 0)
            #expect(rotation.isPresent(device) == present.contains(device))
        }
    }
}
