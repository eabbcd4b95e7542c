internal import FederatedProtocol

/// Where the cohorts of a training come from, round after round: chance alone, or devices in virtual time. A
/// pure function of the seed, so that a training that goes on asks for the same again.
struct CohortSource: Sendable {
    private let cohorts: SimulatedCohorts
    private let faults: FaultModel
    private var deployment: VirtualDeployment?
    private var round = 0

    /// Cohorts by their numbers and losses by chance or, in a deployment, those that come together in time.
    init(
        _ cohorts: SimulatedCohorts, _ faults: FaultModel, in deployment: VirtualDeployment?
    ) {
        self.cohorts = cohorts
        self.faults = faults
        self.deployment = deployment
    }

    /// The cohort of the next round.
    ///
    /// - Parameter work: What the round asks of its devices, where time passes.
    mutating func next(_ work: () throws -> RoundWork) throws -> Cohort {
        defer { round += 1 }
        if deployment != nil, let timed = try deployment?.nextRound(work()) {
            return Cohort(timed)
        }
        let devices = cohorts.devices(of: round)
        return Cohort(devices: devices, fates: faults.fates(round: round, devices: devices))
    }

    /// What the rounds so far took; nil where no time passes.
    var cost: DeploymentCost? { deployment?.cost }
}
