import PrivateAggregation
import SecureAggregation
import Sodium
import Testing

@Suite struct PrivateSumTests {
    private let session = [UInt8](repeating: 9, count: 32)

    private func plan(
        dimension: Int = 100, rho: Double = 0.5, cohort: Int = 20, minimum: Int = 15,
        colluding: Int = 1
    ) throws -> PrivateSumPlan {
        try PrivateSumPlan(
            dimension: dimension, clippingNorm: 2, rho: rho, cohortSize: cohort,
            minimumSurvivors: minimum, colluding: colluding)
    }

    private func vector(_ count: Int, norm: Double, seed: UInt64) -> [Float] {
        var randomness = SeededRandomness(seed: seed, label: "vector")
        let raw = (0..<count).map { _ in Double.random(in: -1...1, using: &randomness) }
        let length = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return raw.map { Float($0 * norm / length) }
    }

    @Test(arguments: [0.01, 0.1, 1, 10]) func `a plan spends what it may and no more`(
        rho: Double
    ) throws {
        let plan = try plan(rho: rho)
        let worst = try plan.rho(survivors: plan.minimumSurvivors)
        #expect(worst <= rho && worst > rho * (1 - 1e-5))
        #expect(try plan.rho(survivors: 20) < worst)
        #expect(plan.paddedDimension == 128)
    }

    @Test func `nonsense is refused`() {
        for (dimension, rho, cohort, minimum, colluding) in [
            (0, 1.0, 10, 5, 0), (5, 0, 10, 5, 0), (5, .nan, 10, 5, 0), (5, 1, 10, 11, 0),
            (5, 1, 10, 5, 5), (5, 1, 10, 5, -1),
        ] {
            #expect(throws: PrivateSumError.self) {
                try PrivateSumPlan(
                    dimension: dimension, clippingNorm: 1, rho: rho, cohortSize: cohort,
                    minimumSurvivors: minimum, colluding: colluding)
            }
        }
    }

    @Test func `vectors of another length and values that are not finite are refused`() throws {
        let encoder = try PrivateSumEncoder(plan: try plan(), session: session)
        var randomness = SeededRandomness(seed: 1, label: "noise")
        #expect(throws: PrivateSumError.wrongDimension(expected: 100, actual: 99)) {
            try encoder.encode([Float](repeating: 0, count: 99), randomness: &randomness)
        }
        for bad in [Float.nan, .infinity, -.infinity] {
            var vector = [Float](repeating: 0, count: 100)
            vector[7] = bad
            #expect(throws: PrivateSumError.notFinite) {
                try encoder.encode(vector, randomness: &randomness)
            }
        }
    }

    /// The mean of 400 sums of 20 devices. Each coordinate's error has a known deviation; the chi-square
    /// over 100 coordinates stays below 200 but for one chance in 10^7, and above 40 likewise: a bias of
    /// half a deviation of the mean would add 25, a wrong scale, sign or variance far more.
    @Test func `decoded sums are unbiased with the stated variance`() throws {
        let plan = try plan()
        let encoder = try PrivateSumEncoder(plan: plan, session: session)
        let decoder = PrivateSumDecoder(plan: plan, session: session)
        let vectors = (0..<20).map { vector(100, norm: 1.5, seed: UInt64($0)) }
        let exact = (0..<100).map { index in vectors.reduce(0.0) { $0 + Double($1[index]) } }
        let repeats = 400
        var mean = [Double](repeating: 0, count: 100)
        var squares = 0.0
        var randomness = SeededRandomness(seed: 5, label: "noise")
        for _ in 0..<repeats {
            var sum = [UInt32](repeating: 0, count: plan.paddedDimension)
            for vector in vectors {
                let encoded = try encoder.encode(vector, randomness: &randomness)
                for index in sum.indices { sum[index] &+= encoded[index] }
            }
            for (index, value) in try decoder.decode(sum).enumerated() {
                let error = Double(value) - exact[index]
                mean[index] += error / Double(repeats)
                squares += error * error
            }
        }
        let deviation = plan.sumStandardDeviation(survivors: 20)
        let variance = squares / Double(repeats * 100)
        // 40,000 draws: the variance is known to 0.7 %, six times that is allowed.
        #expect(abs(variance / (deviation * deviation) - 1) < 0.045)
        let statistic = mean.reduce(0) {
            $0 + $1 * $1 * Double(repeats) / (deviation * deviation)
        }
        #expect(statistic > 40 && statistic < 200)
    }

    @Test func `a vector that is too long is scaled down to the clipping norm`() throws {
        let plan = try plan(rho: 1e7)
        let encoder = try PrivateSumEncoder(plan: plan, session: session)
        let decoder = PrivateSumDecoder(plan: plan, session: session)
        let long = vector(100, norm: 50, seed: 3)
        var randomness = SeededRandomness(seed: 2, label: "noise")
        let decoded = try decoder.decode(try encoder.encode(long, randomness: &randomness))
        // With so large a budget the noise is a few thousandths of the norm.
        for (value, original) in zip(decoded, long) { #expect(abs(value - original / 25) < 0.02) }
    }

    @Test func `equal vectors at the largest norm do not wrap around`() throws {
        let plan = try plan(dimension: 64, rho: 2, cohort: 200, minimum: 150)
        let encoder = try PrivateSumEncoder(plan: plan, session: session)
        let decoder = PrivateSumDecoder(plan: plan, session: session)
        var spike = [Float](repeating: 0, count: 64)
        spike[0] = 2
        for vector in [spike, [Float](repeating: 0.25, count: 64)] {
            var sum = [UInt32](repeating: 0, count: 64)
            var randomness = SeededRandomness(seed: 8, label: "noise")
            for _ in 0..<200 {
                let encoded = try encoder.encode(vector, randomness: &randomness)
                for index in sum.indices { sum[index] &+= encoded[index] }
            }
            let mask = UInt32.max >> UInt32(32 - plan.modulusBits)
            let decoded = try decoder.decode(sum.map { $0 & mask })
            let deviation = Float(plan.sumStandardDeviation(survivors: 200))
            for (value, one) in zip(decoded, vector) {
                #expect(abs(value - 200 * one) < 6 * deviation)
            }
        }
    }

    @Test func `simulated noise has the variance of the real`() throws {
        let plan = try plan(dimension: 20_000)
        var sum = [Float](repeating: 1, count: 20_000)
        var randomness = SeededRandomness(seed: 4, label: "statistical")
        try StatisticalSum(plan: plan).addNoise(to: &sum, survivors: 18, randomness: &randomness)
        let deviation = plan.sumStandardDeviation(survivors: 18)
        let mean = sum.reduce(0.0) { $0 + Double($1) } / 20_000
        let variance = sum.reduce(0.0) { $0 + (Double($1) - 1) * (Double($1) - 1) } / 20_000
        // Six standard errors each: 1 % for the variance.
        #expect(abs(mean - 1) < 6 * deviation / 20_000.0.squareRoot())
        #expect(abs(variance / (deviation * deviation) - 1) < 0.06)
    }

    @Test func `masked devices give the plain sum of the same integers, bit for bit`() throws {
        let plan = try plan(cohort: 12, minimum: 6, colluding: 0)
        let parameters = try plan.aggregationParameters(
            session: session, graph: GraphSecurity(degree: 11, threshold: 4))
        let encoder = try PrivateSumEncoder(plan: plan, session: session)
        func noise(_ device: Int) -> SeededRandomness {
            SeededRandomness(seed: 6, label: "noise", "\(device)")
        }
        var coordinator = AggregationCoordinator(parameters: parameters)
        var devices = try (0..<12).map { device in
            try PrivateSumDevice(
                encoder: encoder, parameters: parameters, device: device, noise: noise(device),
                keys: SeededRandomness(seed: 6, label: "keys", "\(device)"))
        }
        // Device 0 never answers, 1 is lost after advertising, 2 after sharing, 3 after masking.
        for device in 1..<12 { try coordinator.receive(try devices[device].advertiseKeys()) }
        let keys = try coordinator.endAdvertising()
        for device in 2..<12 {
            try coordinator.receive(
                try devices[device].shareKeys(with: keys[device] ?? []), from: device)
        }
        let boxes = try coordinator.endSharing()
        for device in 3..<12 {
            try coordinator.receive(
                try devices[device].contribute(
                    vector(100, norm: 3, seed: UInt64(device)), receiving: boxes[device] ?? []))
        }
        let requests = try coordinator.endMasking { _, _ in }
        for device in 4..<12 {
            guard let request = requests[device] else { continue }
            try coordinator.receive(try devices[device].unmask(request))
        }
        var plain = [UInt32](repeating: 0, count: plan.paddedDimension)
        for device in 3..<12 {
            var randomness = noise(device)
            let encoded = try encoder.encode(
                vector(100, norm: 3, seed: UInt64(device)), randomness: &randomness)
            for index in plain.indices { plain[index] &+= encoded[index] }
        }
        let mask = UInt32.max >> UInt32(32 - plan.modulusBits)
        #expect(try coordinator.reveal() == plain.map { $0 & mask })
    }
}
