internal import FederatedProtocol
internal import PrivateAggregation
internal import Recommender
internal import SecureAggregation

extension RoundWork {
    /// The work of a round of a training.
    ///
    /// - Parameters:
    ///   - plan: The training.
    ///   - round: Which of its queries.
    ///   - cohortSize: How many devices are invited.
    ///   - phones: How long they learn.
    init(
        _ plan: TrainingPlan, round: Int, cohortSize: Int, phones: PhoneModel
    ) throws {
        let query = plan.queries[round]
        let sum = try plan.sumPlan(round: round, query: query, invited: cohortSize)
        let unnamed = [UInt8](repeating: 0, count: 32)
        let parameters = try plan.aggregationParameters(
            of: sum, round: round, session: unnamed, rosterRoot: unnamed)
        // Each device's secrets need as many of its neighbours as the threshold says.
        let graph = parameters.graph
        let unmasking = 1 + (cohortSize * graph.threshold + graph.degree - 1) / max(1, graph.degree)
        self.init(
            cohortSize: cohortSize, minimumSurvivors: sum.minimumSurvivors,
            unmaskingDevices: min(sum.minimumSurvivors, unmasking),
            committeeSize: parameters.committee.size, quorum: parameters.committee.quorum,
            broadcastBytes: query.broadcastByteCount,
            secondsPerInteraction: phones.secondsPerInteraction,
            secondsPerDevice: phones.secondsPerRound)
        for step in RoundStep.allCases {
            let traffic = RoundTraffic(of: step, parameters: parameters)
            self[step] = Step(down: traffic.down, up: traffic.up)
        }
    }
}
