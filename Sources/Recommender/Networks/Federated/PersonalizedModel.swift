internal import Learning
internal import VectorKernels

/// A trained network that fits its private parameters to the history before it ranks.
package struct PersonalizedModel<Network: RecommenderNetwork>: DeviceModel {
    private let model: NetworkModel<Network>
    private let training: DeviceTraining<Network>
    private let seed: UInt64

    init(_ model: NetworkModel<Network>, training: DeviceTraining<Network>, seed: UInt64) {
        self.model = model
        self.training = training
        self.seed = seed
    }

    package func scores(history: [Interaction], privateParameters: [Float]) -> [Float] {
        model.scores(history: history, privateParameters: privateParameters, seed: seed) {
            training.fitPersonal(
                $0, to: $1, epochs: training.configuration.rankingEpochs)
        }
    }

    package var snapshot: Snapshot { model.snapshot }

    package var content: RankingContent? { nil }
}
