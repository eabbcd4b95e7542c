import SecureAggregation
import Sodium
import Testing

@Suite struct ExcessNoiseTests {
    private static let divisions:
        [(components: Int, base: Int, excluded: Int, cohort: Int, least: Int)] = [
            (1, 8, 6, 100, 90), (2, 6, 6, 100, 70), (3, 3, 21, 100, 60), (1, 1, 1, 40, 21),
            (4, 20, 0, 30, 18), (0, 1, 5, 50, 50),
        ]

    private func division(
        _ parameters: (components: Int, base: Int, excluded: Int, cohort: Int, least: Int)
    ) throws -> ExcessNoise {
        try ExcessNoise(
            componentCount: parameters.components, baseUnits: parameters.base,
            targetUnits: parameters.base * (parameters.cohort - parameters.excluded),
            excluded: parameters.excluded, cohortSize: parameters.cohort,
            minimumSurvivors: parameters.least)
    }

    /// Whichever devices do not count, the others keep the target; and no less than it in the worst
    /// case, which is that the excluded are those that keep most.
    @Test(arguments: divisions) func `honest devices keep exactly the target`(
        _ parameters: (components: Int, base: Int, excluded: Int, cohort: Int, least: Int)
    ) throws {
        let division = try division(parameters)
        let target = division.targetUnits
        for survivors in parameters.least...parameters.cohort {
            let kept = (0..<survivors).map { rank in
                let mask = division.keptComponents(rank: rank, survivors: survivors)
                let removed = division.removedComponents(rank: rank, survivors: survivors)
                #expect(mask >= 0 && mask < 1 << division.componentCount)
                #expect(removed == (0..<division.componentCount).filter { mask >> $0 & 1 == 0 })
                return division.baseUnits + mask
            }
            #expect(kept.reduce(0, +) == division.unitsInSum(survivors: survivors))
            let honest = kept.sorted().dropLast(division.excluded).reduce(0, +)
            #expect(honest == target, "\(survivors) survivors")
            #expect(division.honestUnits(survivors: survivors) == target)
        }
    }

    @Test func `divisions that cannot serve the tolerated loss are refused`() {
        for (components, base, target, excluded, cohort, least) in [
            (1, 2, 20, 0, 10, 6), (1, 2, 19, 0, 10, 9), (-1, 2, 20, 0, 10, 10),
            (9, 2, 20, 0, 10, 10),
            (1, 0, 0, 0, 10, 10), (1, 2, 20, 10, 10, 10), (1, 2, 20, -1, 10, 10),
            (1, 2, 20, 0, 9, 10),
        ] {
            #expect(throws: AggregationError.self) {
                try ExcessNoise(
                    componentCount: components, baseUnits: base, targetUnits: target,
                    excluded: excluded, cohortSize: cohort, minimumSurvivors: least)
            }
        }
    }

    /// Exactly the seeds of the removed components come out, of the right devices, whoever is lost
    /// when.
    @Test func `the seeds of removed noise are restored, and no others`() throws {
        let noise = try ExcessNoise(
            componentCount: 2, baseUnits: 3, targetUnits: 27, excluded: 1, cohortSize: 10,
            minimumSurvivors: 6)
        let run = try MaskedSum(
            cohortSize: 10, degree: 9, threshold: 4, minimumSurvivors: 6, excessNoise: noise)
        var randomness = SeededRandomness(seed: 5, label: "fates")
        for _ in 0..<100 {
            var run = run
            var fates = [Fate](repeating: .stays, count: 10)
            for _ in 0..<Int.random(in: 0...4, using: &randomness) {
                fates[Int.random(in: 0..<10, using: &randomness)] =
                    Fate.allCases[Int.random(in: 0..<4, using: &randomness)]
            }
            let (unmasked, survivors) = try run.run(fates)
            #expect(unmasked.sum == run.plainSum(of: survivors))
            let expected = survivors.enumerated().flatMap { rank, device in
                noise.removedComponents(rank: rank, survivors: survivors.count).map {
                    [device, $0]
                }
            }
            #expect(unmasked.removedNoise.map { [$0.device, $0.component] } == expected)
            for removed in unmasked.removedNoise {
                #expect(
                    content(removed.seed)
                        == content(run.noiseSeeds[removed.device][removed.component]))
            }
        }
    }
}

@Suite struct DeviceSetTests {
    @Test(arguments: [2, 7, 8, 9, 64, 100]) func `sets keep their members and ranks`(size: Int) {
        var randomness = SeededRandomness(seed: 6, label: "set", "\(size)")
        for _ in 0..<50 {
            let members = (0..<size).filter { _ in Bool.random(using: &randomness) }
            let set = DeviceSet(members, cohortSize: size)
            #expect(set.devices == members && set.count == members.count)
            #expect(DeviceSet(bitmap: set.bitmap, cohortSize: size) == set)
            for (rank, member) in members.enumerated() { #expect(set.rank(of: member) == rank) }
            for stranger in [-1, size, .max, .min] { #expect(!set.contains(stranger)) }
        }
    }

    @Test func `bitmaps of another length or with devices outside the cohort are refused`() {
        #expect(DeviceSet(bitmap: [1], cohortSize: 9) == nil)
        #expect(DeviceSet(bitmap: [1, 0, 0], cohortSize: 9) == nil)
        #expect(DeviceSet(bitmap: [1, 2], cohortSize: 9) == nil)
        #expect(DeviceSet(bitmap: [1, 1], cohortSize: 9)?.devices == [0, 8])
    }
}
