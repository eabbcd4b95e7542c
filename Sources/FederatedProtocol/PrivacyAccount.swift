public import DifferentialPrivacy
public import PrivacyLedger

/// What every device has spent so far, and what the released models give away: the two epsilons
/// that are always reported together and never mixed.
public struct PrivacyAccount: Sendable {
    private let policy: CohortPolicy
    private let noise: NoiseDistribution
    private let delta: Double
    private var rhoOfDevice: [Double]
    private var released: RenyiAccountant

    /// Opens the account of a population of devices.
    ///
    /// - Parameters:
    ///   - population: The number of devices.
    ///   - policy: How cohorts are chosen, which decides whether observers' knowledge is amplified.
    ///   - noise: The family of the noise of all rounds.
    ///   - delta: The delta at which epsilons are stated.
    public init(
        population: Int, policy: CohortPolicy, noise: NoiseDistribution, delta: Double
    ) {
        self.policy = policy
        self.noise = noise
        self.delta = delta
        rhoOfDevice = [Double](repeating: 0, count: population)
        released = RenyiAccountant(neighbouring: policy.neighbouring)
    }

    /// Charges a round of `rho` to the devices in the sum.
    public mutating func charge(rho: Double, devices: [Int]) throws {
        for device in devices { rhoOfDevice[device] += rho }
        if case .coins(let rate) = policy.selection {
            try released.compose(
                .poissonSampled(
                    rate: rate, noise.event(rho: rho, neighbouring: policy.neighbouring)))
        }
    }

    /// The guarantee over everything charged so far, for the device that took part most.
    public var spent: LedgerEntry.Spent {
        get throws {
            var account = RenyiAccountant(neighbouring: policy.neighbouring)
            try account.compose(
                noise.event(
                    rho: rhoOfDevice.max() ?? 0, neighbouring: policy.neighbouring))
            let coordinator = try account.epsilon(delta: delta)
            var observer = coordinator
            if case .coins = policy.selection {
                observer = min(coordinator, try released.epsilon(delta: delta))
            }
            return .init(
                epsilonCoordinator: coordinator, epsilonObserver: observer, delta: delta)
        }
    }
}
