import DifferentialPrivacy
import Testing

@testable import PrivacyAudit

@Suite struct NormalPairTests {
    @Test(arguments: [0.001, 0.1, 1, 3, 30])
    func `equal deviations cost what the accountant says of the Gaussian mechanism`(
        mu: Double
    ) throws {
        var accountant = PrivacyAccountant(neighbouring: .addOrRemoveOne)
        try accountant.compose(.gaussian(noiseMultiplier: 1 / mu))
        let expected = try accountant.epsilon(delta: 1e-5).lower
        #expect(isClose(NormalPair(mu: mu).epsilon(delta: 1e-5), expected, within: 1e-9))
    }

    /// From arithmetic with 40 digits, by mpmath.
    @Test(
        arguments: [
            (5.189012142317083, 2.2502830080940157, 1.5001886720626771, 1e-09, 58.36257455272516),
            (
                -0.07366681732892769, 0.6909890269080541, 1.3819780538161082, 0.001,
                14.774205284372927
            ),
            (
                -0.004464686469247794, 1.6649158626442948, 1.8499065140492164, 1e-05,
                1.8035996166794717
            ),
            (-0.1326181441911732, 2.0148803723853113, 1.994931061767635, 1e-05, 0.3425386664312728),
            (3.31055134036077, 1.0088325813102859, 0.9988441399111742, 1e-05, 19.295287846642797),
            (1.3166478203373606, 0.769517190248125, 1.53903438049625, 1e-09, 74.37647517177992),
        ] as [(Double, Double, Double, Double, Double)])
    func `different deviations agree with high precision`(
        mean: Double, deviation: Double, null: Double, delta: Double, epsilon: Double
    ) {
        let pair = NormalPair(mean: mean, deviation: deviation, nullDeviation: null)
        #expect(isClose(pair.epsilon(delta: delta), epsilon, within: 1e-8))
    }

    @Test func `the same distribution costs nothing, a point or no delta everything`() {
        #expect(NormalPair(mean: 0, deviation: 2, nullDeviation: 2).epsilon(delta: 0) == 0)
        #expect(
            NormalPair(mean: 1, deviation: 0, nullDeviation: 2).epsilon(delta: 0.1) == .infinity)
        #expect(NormalPair(mu: 0.1).epsilon(delta: 0) == .infinity)
        #expect(NormalPair(mu: .infinity).epsilon(delta: 0.1) == .infinity)
    }

    @Test(
        arguments: [
            (1e-290, -36.420731673207996), (1e-20, -9.262340089798407),
            (0.0751, -1.43882539275254), (0.3, -0.5244005127080408), (0.999999, 4.753424308817087),
        ] as [(Double, Double)])
    func `quantiles agree with high precision`(probability: Double, quantile: Double) {
        #expect(isClose(Normal.quantile(probability), quantile, within: 1e-11))
    }
}
