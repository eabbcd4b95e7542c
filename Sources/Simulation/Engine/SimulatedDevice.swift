import Recommender

/// One virtual device. Its raw history stays in here: only a ``Recommender/Statistic`` comes out, and
/// that goes nowhere but into a private sum.
struct SimulatedDevice: Sendable {
    /// The device's number in the population.
    let number: Int
    private let holdout: Holdout
    /// The parameters of the model that never leave the device.
    private(set) var privateParameters: [Float]

    init(number: Int, holdout: Holdout, privateParameters: [Float] = []) {
        self.number = number
        self.holdout = holdout
        self.privateParameters = privateParameters
    }

    /// This device with other private parameters: its own after a round, or restored ones.
    func with(privateParameters: [Float]) -> SimulatedDevice {
        SimulatedDevice(number: number, holdout: holdout, privateParameters: privateParameters)
    }

    /// The device's contribution to a round and its private parameters afterwards.
    func contribute<Algorithm: FederatedAlgorithm>(
        to algorithm: Algorithm, _ broadcast: Algorithm.Broadcast, seed: UInt64
    ) -> (statistic: Statistic, privateParameters: [Float]) {
        var parameters = privateParameters
        let statistic = algorithm.statistic(
            broadcast, of: holdout.training, privateParameters: &parameters, seed: seed)
        return (statistic, parameters)
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
