import ArgumentParser
import DifferentialPrivacy
import Foundation
import Sodium

/// Exact noise, samples a second.
struct NoiseBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "noise",
        abstract: "Exact discrete Gaussian and Skellam samples, beside the keystream they take.")

    @Option(parsing: .upToNextOption, help: "Standard deviations, in ring units.")
    var deviation: [Double] = [2, 10, 50, 200, 1000]

    func run() throws {
        let count = 1 << 20
        var words = [UInt32](repeating: 0, count: count)
        var samples = [Int32](repeating: 0, count: count)
        var randomness = SystemRandomness()
        print("distribution         deviation   million/s   x keystream   table ms")
        for distribution in NoiseDistribution.allCases {
            for deviation in deviation {
                let start = Stopwatch.now
                let noise = try distribution.noise(variance: deviation * deviation)
                let table = Stopwatch.now - start
                let keystream = Stopwatch.best { randomness.fill(&words) }
                let drawing = Stopwatch.best { noise.fill(&samples, using: &randomness) }
                print(
                    distribution.rawValue.padding(toLength: 20, withPad: " ", startingAt: 0)
                        + String(
                            format: "%10.1f  %10.1f  %12.2f  %9.1f", deviation,
                            Double(count) / drawing / 1e6, drawing / keystream, table * 1e3))
            }
        }
    }
}
