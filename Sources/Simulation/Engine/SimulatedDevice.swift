import Recommender

/// One virtual device. Its raw history stays in here: only a ``Recommender/Statistic`` comes out, and
/// that goes nowhere but into a private sum.
struct SimulatedDevice: Sendable {
    /// The device's number in the population.
    let number: Int
    private let holdout: Holdout

    init(number: Int, holdout: Holdout) {
        self.number = number
        self.holdout = holdout
    }

    /// The device's contribution to a round; its private parameters become those afterwards.
    func contribute<Algorithm: FederatedAlgorithm>(
        to algorithm: Algorithm, _ broadcast: Algorithm.Broadcast,
        privateParameters: inout [Float], seed: UInt64
    ) -> Statistic {
        algorithm.statistic(
            broadcast, of: holdout.training, privateParameters: &privateParameters, seed: seed)
    }

    /// What training may use.
    var training: [Interaction] { holdout.training }

    /// What the device's ranking is judged by: the items it knows, and those it is to find.
    func rankingTask(on split: EvaluationSplit) -> (history: [Interaction], targets: [Interaction])
    {
        switch split {
        case .validation: (holdout.training + holdout.introduction, holdout.validation)
        case .test:
            (holdout.training + holdout.introduction + holdout.validation, holdout.test)
        }
    }
}

/// The part of each history that rankings are judged by.
public enum EvaluationSplit: String, Sendable, Hashable, CaseIterable {
    /// For choosing settings.
    case validation
    /// For results.
    case test
}
