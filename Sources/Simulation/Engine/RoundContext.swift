internal import FederatedProtocol
internal import PrivateAggregation
package import Recommender
internal import Sodium

/// What the summation of one round needs, whatever its fidelity.
struct RoundContext<Algorithm: FederatedAlgorithm>: Sendable {
    /// The number of the query, from 0.
    let round: Int
    /// The number of the round in the ledger: more than that of the query where rounds came to nothing
    /// after they were charged.
    let number: Int
    /// Which of the groups of a cohort this is the sum of; nil where there is one sum.
    let group: Int?
    let seed: UInt64
    let algorithm: Algorithm
    /// What the server sent, the latest first, as far back as the cohort's devices have it.
    let broadcasts: [Algorithm.Broadcast]
    let cohort: Cohort
    let population: Population
    let privateParameters: PrivateParameters
    /// Those whose contributions are made up for an audit; nil outside one.
    let canaries: Canaries?
    /// Those who work against the training.
    let adversary: Adversary?
    let processes: ProcessGroup
    let parallel: Parallel
    let interruption: Interruption
    let progress: @Sendable (_ step: String, _ done: Int, _ total: Int) -> Void

    /// The public name of the round's sum.
    var session: [UInt8] { SimulatedNames.session(seed: seed, round: number, group: group) }

    /// What identifies the devices of the cohort where nobody signs, 32 bytes each.
    var unkeyedIdentities: [[UInt8]] {
        cohort.devices.map { SimulatedNames.device(seed: seed, $0) }
    }

    /// What the salts of the round's cohort commitment come from.
    var cohortSecret: SecretBytes { SimulatedNames.cohortSecret(seed: seed, round: number) }

    /// Those of some positions of the cohort whose devices are of this process.
    func owned(_ positions: [Int]) -> [Int] {
        positions.filter { processes.owns(cohort.devices[$0]) }
    }

    /// The contribution of the device at a position, and its private parameters afterwards.
    func contribution(at position: Int) -> (statistic: Statistic, privateParameters: [Float]) {
        let number = cohort.devices[position]
        var parameters = privateParameters[number]
        if let made = canaries?.statistic(
            of: number, to: algorithm.queries[round], round: round)
        {
            return (made, parameters)
        }
        let seed = SimulatedDraws.trainingSeed(seed: seed, round: round, device: number)
        let staleness = cohort.staleness(at: position)
        let broadcast = broadcasts[staleness]
        var statistic =
            if let adversary, adversary.devices.contains(number) {
                adversary.statistic(
                    of: number, to: algorithm, broadcast, history: population[number].training,
                    query: algorithm.queries[round], privateParameters: &parameters, seed: seed)
            } else {
                population[number].contribute(
                    to: algorithm, broadcast, privateParameters: &parameters, seed: seed)
            }
        if staleness > 0 {
            statistic = statistic.weighted(
                staleness: staleness, clippingNorm: algorithm.queries[round].clippingNorm)
        }
        return (statistic, parameters)
    }

    /// The context of the sum of one group of the cohort.
    func part(_ group: Int, _ positions: [Int]) -> RoundContext {
        RoundContext(
            round: round, number: number, group: group, seed: seed, algorithm: algorithm,
            broadcasts: broadcasts, cohort: cohort.part(positions), population: population,
            privateParameters: privateParameters, canaries: canaries, adversary: adversary,
            processes: processes, parallel: parallel, interruption: interruption,
            progress: progress)
    }

    /// The stream of a device for one purpose in this round.
    func randomness(_ purpose: String, _ device: Int) -> SeededRandomness {
        SimulatedDraws.stream(purpose, seed: seed, round: round, device: device)
    }
}

extension Statistic {
    /// A contribution that was computed on an older model, clipped and made smaller by the square root of
    /// one and the number of models since: Nguyen et al., "Federated learning with buffered asynchronous
    /// aggregation", AISTATS 2022, section 5.
    fileprivate func weighted(staleness: Int, clippingNorm: Double) -> Statistic {
        let norm = squaredNorm.squareRoot()
        let clip = norm > clippingNorm ? clippingNorm / norm : 1
        return scaled(by: clip / (1 + Double(staleness)).squareRoot())
    }

    /// Whether every row lies within `dimension` coordinates.
    package func fits(_ dimension: Int) -> Bool {
        values.count == rows.count * width
            && rows.allSatisfy { $0 >= 0 && (Int($0) + 1) * width <= dimension }
    }

    /// All `dimension` coordinates.
    package func dense(dimension: Int) -> [Float] {
        let values = values
        var dense = [Float](repeating: 0, count: dimension)
        for (index, row) in rows.enumerated() {
            let place = Int(row) * width
            dense.replaceSubrange(
                place..<place + width, with: values[index * width..<(index + 1) * width])
        }
        return dense
    }
}
