import ArgumentParser
import DifferentialPrivacy
import PrivateAggregation
import SecureAggregation
import Sodium
import VectorKernels

/// The device's work for one private sum.
struct PrivateSumBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "private-sum",
        abstract: "Encoding, noise, masks and key shares of one device, against the keystream.")

    @Option(help: "Coordinates, a power of two.")
    var dimension = 1 << 17

    @Option(help: "Devices in the cohort.")
    var cohort = 1000

    func run() throws {
        let graph = try GraphSecurity.choose(
            cohortSize: cohort, corruptShare: 0.05, dropoutShare: 0.1)
        let plan = try PrivateSumPlan(
            dimension: dimension, clippingNorm: 1, rho: 0.1, cohortSize: cohort,
            minimumSurvivors: cohort * 9 / 10, colluding: cohort / 20)
        print(
            "\(dimension) coordinates of \(plan.modulusBits) bits, \(cohort) devices, "
                + "\(graph.degree) neighbours, threshold \(graph.threshold)\n")
        var words = [UInt32](repeating: 0, count: dimension)
        var randomness = SystemRandomness()
        let keystream = Stopwatch.best { randomness.fill(&words) }
        report("keystream, 4 bytes a coordinate", keystream)

        let encoder = try PrivateSumEncoder(
            plan: plan, session: [UInt8](repeating: 1, count: 32))
        let noise = try DiscreteGaussian(variance: plan.localVariance)
        var draws = [Int32](repeating: 0, count: dimension)
        let drawing = Stopwatch.best { noise.fill(&draws, using: &randomness) }
        report("exact discrete Gaussian noise", drawing, limit: keystream, of: "keystream")
        let vector = [Float](repeating: 0.001, count: dimension)
        let encoding = try Stopwatch.best {
            _ = try encoder.encode(vector, randomness: &randomness)
        }
        report(
            "clip, rotate, round, noise", encoding, limit: 2 * keystream,
            of: "keystream of rounding and noise")
        try reportMasking(plan: plan, graph: graph, vector: words, keystream: keystream)
    }

    private func reportMasking(
        plan: PrivateSumPlan, graph: GraphSecurity, vector: [UInt32], keystream: Double
    ) throws {
        let parameters = try plan.aggregationParameters(
            session: [UInt8](repeating: 1, count: 32), graph: graph)
        let neighbours = parameters.makeNeighbourGraph()
        let members = [0] + neighbours.neighbours(of: 0)
        var devices: [Int: AggregationDevice<SystemRandomness>] = [:]
        var keys: [Int: KeyAdvertisement] = [:]
        for member in members {
            var device = try AggregationDevice(
                parameters: parameters, device: member, graph: neighbours,
                randomness: SystemRandomness())
            keys[member] = try device.advertiseKeys()
            devices[member] = device
        }
        guard let device = devices[0] else { return }
        let advertised = members.dropFirst().compactMap { keys[$0] }
        let sharing = try Stopwatch.best(of: 3) {
            var copy = device
            _ = try copy.shareKeys(with: advertised)
        }
        report("agree and seal key shares", sharing)

        // The neighbours' shares to device 0, each made with device 0's keys among its own neighbours'.
        var sharer = device
        _ = try sharer.shareKeys(with: advertised)
        var shares: [SealedShare] = []
        for member in members.dropFirst() {
            guard var neighbour = devices[member] else { continue }
            let known = try neighbours.neighbours(of: member).map { other in
                if let key = keys[other] { return key }
                var stranger = try AggregationDevice(
                    parameters: parameters, device: other, graph: neighbours,
                    randomness: SystemRandomness())
                return try stranger.advertiseKeys()
            }
            shares += try neighbour.shareKeys(with: known).filter { $0.receiver == 0 }
        }
        let masking = try Stopwatch.best(of: 3) {
            var copy = sharer
            _ = try copy.mask(vector, receiving: shares)
        }
        report(
            "open shares, agree, mask, pack", masking,
            limit: keystream * Double(graph.degree + 1), of: "keystream of the masks")
    }
}
