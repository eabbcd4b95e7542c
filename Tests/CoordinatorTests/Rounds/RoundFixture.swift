import Coordinator
import FederatedProtocol
import PrivacyLedger
import PrivateAggregation
import Recommender
import RoundFixtures
import SecureAggregation
import Sodium

/// A round that twelve devices were offered and agreed to. All values, so that a test may run it as
/// often as it likes. The noise is so small that a vector that is left out or added twice shows.
struct RoundFixture {
    static let schedule = StepSchedule(
        advertising: 10_000, sharing: 10_000, masking: 60_000, endorsing: 10_000,
        unmasking: 10_000, poll: 100)

    let round: RoundInMemory
    /// Each has sent nothing yet.
    let devices: [DeviceRound<SeededRandomness>]
    /// The message with which each begins.
    let first: [[UInt8]]

    var identities: [[UInt8]] { round.identities.map(\.publicKey) }

    static func make() throws -> RoundFixture {
        let folder = try ScratchFolder()
        var world = try RoundWorld(
            devices: 12, ledger: folder.path("ledger"),
            queries: [
                SumQuery(
                    name: "gradient", dimension: 20, clippingNorm: 2, budgetShare: 1,
                    broadcastByteCount: 0)
            ], epsilon: 5000)
        let round = try world.open(0)
        var devices: [DeviceRound<SeededRandomness>] = []
        var first: [[UInt8]] = []
        for number in world.identities.indices {
            var device = DeviceRound(
                identity: world.identities[number], terms: world.terms,
                noise: SeededRandomness(seed: 5, label: "noise", "\(number)"),
                keys: SeededRandomness(seed: 5, label: "keys", "\(number)"))
            let record = try world.record(cap: 1e6)
            let decision = try device.consider(
                try round.parts(for: number).offer(), record: record)
            if case .decline(let reason, _) = decision { throw reason }
            guard case .send(let message) = try device.recordIsDurable() else {
                throw DeviceRoundError.outOfOrder(after: device.step)
            }
            devices.append(device)
            first.append(message)
        }
        return RoundFixture(round: round, devices: devices, first: first)
    }

    /// The coordinator's side, before anything came.
    func live(replica: String = "") throws -> LiveRound {
        try LiveRound(
            plan: round.plan, parameters: round.parameters, roster: round.roster,
            schedule: Self.schedule, replica: replica, now: 0)
    }

    /// A device's vector, within the clipping norm, unlike all others.
    func vector(of device: Int) -> [Float] {
        (0..<20).map { Float((device * 7 + $0 * 3) % 11 - 5) * 0.12 }
    }

    /// The sum that a coordinator reveals, decoded.
    func decode(_ coordinator: AggregationCoordinator) throws -> NoisySum {
        var coordinator = coordinator
        let decoder = PrivateSumDecoder(plan: round.plan.sum, session: round.plan.session)
        let unmasked = try coordinator.reveal()
        let estimate = try decoder.decode(
            try decoder.removeExcessNoise(from: unmasked), survivors: unmasked.survivors.count)
        return NoisySum(
            values: estimate.values, noiseStandardDeviation: estimate.standardDeviation,
            contributors: unmasked.survivors.count)
    }

    /// Whether a sum is that of the vectors of `devices`: 8 standard deviations, a false alarm in
    /// 1e13 sums; every vector has a coordinate of 0.6, which is more than twice that.
    func isSum(_ sum: NoisySum, of devices: [Int]) -> Bool {
        let error = (0..<20).map { place in
            devices.reduce(Double(sum.values[place])) { $0 - Double(vector(of: $1)[place]) }
        }
        return sum.contributors == devices.count && sum.noiseStandardDeviation < 0.035
            && error.allSatisfy { abs($0) < 8 * sum.noiseStandardDeviation }
    }
}
