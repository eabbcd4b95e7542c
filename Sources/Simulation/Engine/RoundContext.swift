internal import FederatedProtocol
internal import PrivateAggregation
package import Recommender
internal import Sodium

/// What the summation of one round needs, whatever its fidelity.
struct RoundContext<Algorithm: FederatedAlgorithm>: Sendable {
    let round: Int
    let seed: UInt64
    let algorithm: Algorithm
    let broadcast: Algorithm.Broadcast
    let cohort: Cohort
    let devices: [SimulatedDevice]
    let privateParameters: PrivateParameters
    /// Those whose contributions are made up for an audit; nil outside one.
    let canaries: Canaries?
    let parallel: Parallel
    let interruption: Interruption
    let progress: @Sendable (_ step: String, _ done: Int, _ total: Int) -> Void

    /// The public name of the round's sum.
    var session: [UInt8] { SimulatedNames.session(seed: seed, round: round) }

    /// What identifies the devices of the cohort where nobody signs, 32 bytes each.
    var unkeyedIdentities: [[UInt8]] {
        cohort.devices.map { device in
            var hash = BLAKE2b(context: "covey simulation device")
            hash.update(seed)
            hash.update(UInt64(device))
            return hash.finalize()
        }
    }

    /// What the salts of the round's cohort commitment come from.
    var cohortSecret: SecretBytes { SimulatedNames.cohortSecret(seed: seed, round: round) }

    /// The device at a position of the cohort.
    func device(at position: Int) -> SimulatedDevice { devices[cohort.devices[position]] }

    /// The contribution of the device at a position, and its private parameters afterwards.
    func contribution(at position: Int) -> (statistic: Statistic, privateParameters: [Float]) {
        let device = device(at: position)
        var parameters = privateParameters[device.number]
        if let made = canaries?.statistic(
            of: device.number, to: algorithm.queries[round], round: round)
        {
            return (made, parameters)
        }
        let seed = SimulatedDraws.trainingSeed(seed: seed, round: round, device: device.number)
        let statistic = device.contribute(
            to: algorithm, broadcast, privateParameters: &parameters, seed: seed)
        return (statistic, parameters)
    }

    /// The stream of a device for one purpose in this round.
    func randomness(_ purpose: String, _ device: Int) -> SeededRandomness {
        SimulatedDraws.stream(purpose, seed: seed, round: round, device: device)
    }
}

extension Statistic {
    /// Whether every row lies within `dimension` coordinates.
    package func fits(_ dimension: Int) -> Bool {
        values.count == rows.count * width
            && rows.allSatisfy { $0 >= 0 && (Int($0) + 1) * width <= dimension }
    }

    /// All `dimension` coordinates.
    package func dense(dimension: Int) -> [Float] {
        var dense = [Float](repeating: 0, count: dimension)
        for (index, row) in rows.enumerated() {
            let place = Int(row) * width
            dense.replaceSubrange(
                place..<place + width, with: values[index * width..<(index + 1) * width])
        }
        return dense
    }
}
