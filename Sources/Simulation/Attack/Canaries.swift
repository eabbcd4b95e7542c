internal import PrivateAggregation
import Recommender
internal import Sodium

/// Contributions by which an audit measures what a training gives away: a coin decided about each
/// canary whether it is in the data, and scores say what the released sums tell of the coins.
struct Canaries: Sendable {
    /// What a canary contributes.
    enum Design: Sendable {
        /// Twice the clipping norm in one coordinate, another one for each canary: clipped to
        /// orthogonal vectors, the strongest that the clipping norm allows.
        case spikes
        /// Twice the clipping norm in a random direction, all canaries included.
        case directions
        /// What real devices contribute: nothing is made up, and only the model is looked at.
        case users
    }

    let design: Design
    /// The number in the population of the first canary.
    let first: Int
    /// Whether each is in the data. Those that are not contribute zeros.
    let isIncluded: [Bool]
    let seed: UInt64

    /// Canaries with the numbers from `first` on.
    init(_ design: Design, first: Int, count: Int, seed: UInt64) {
        self.design = design
        self.first = first
        self.seed = seed
        var randomness = SeededRandomness(seed: seed, label: "canary coins")
        isIncluded = (0..<count).map { _ in
            let coin = Bool.random(using: &randomness)
            return design == .directions || coin
        }
    }

    /// Which canary a device is; nil for the others.
    func canary(of device: Int) -> Int? {
        isIncluded.indices.contains(device - first) ? device - first : nil
    }

    /// What a device contributes in place of its own statistic; nil for its own.
    func statistic(of device: Int, to query: SumQuery, round: Int) -> Statistic? {
        guard let canary = canary(of: device) else { return nil }
        guard isIncluded[canary] else { return Statistic(rows: [], width: 1, values: []) }
        switch design {
        case .users: return nil
        case .spikes:
            let spike = spike(canary, query, round: round)
            return Statistic(
                rows: [Int32(spike.coordinate)], width: 1,
                values: [Float(2 * query.clippingNorm) * spike.sign])
        case .directions:
            let length = 2 * query.clippingNorm / Double(query.dimension).squareRoot()
            return Statistic(
                dense: signs(canary, query, round: round).map { Float(length) * $0 })
        }
    }

    /// The coordinate of a canary, and its sign. Canaries share coordinates only where there are
    /// more of them.
    func spike(_ canary: Int, _ query: SumQuery, round: Int) -> (coordinate: Int, sign: Float) {
        var order = SeededRandomness(seed: seed, label: "canary coordinates", "\(round)")
        let start = Int(order.next() % UInt64(query.dimension))
        // A stride without a common factor visits every coordinate once.
        var stride = max(1, Int(Double(query.dimension) * 0.618))
        while !stride.isCoprime(with: query.dimension) { stride += 1 }
        var sign = SeededRandomness(seed: seed, label: "canary sign", "\(round)", "\(canary)")
        let coordinate =
            (UInt64(start) + UInt64(canary) * UInt64(stride)) % UInt64(query.dimension)
        return (Int(coordinate), Bool.random(using: &sign) ? 1 : -1)
    }

    /// A random direction: a sign for each coordinate.
    func signs(_ canary: Int, _ query: SumQuery, round: Int) -> [Float] {
        var randomness = SeededRandomness(
            seed: seed, label: "canary direction", "\(round)", "\(canary)")
        var words = [UInt32](repeating: 0, count: (query.dimension + 31) / 32)
        randomness.fill(&words)
        return (0..<query.dimension).map { words[$0 / 32] >> UInt32($0 % 32) & 1 == 0 ? 1 : -1 }
    }
}

extension Int {
    fileprivate func isCoprime(with other: Int) -> Bool {
        var (one, other) = (self, other)
        while other != 0 { (one, other) = (other, one % other) }
        return one == 1
    }
}
