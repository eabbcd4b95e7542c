package import Learning

/// How a network is trained on everybody's histories at once.
package struct CentralTrainingConfiguration: Sendable, Hashable {
    /// The optimiser.
    package var optimizer: Optimizer
    /// How its rate changes.
    package var schedule: Schedule
    /// The number of examples of a batch.
    package var batchSize: Int
    /// Whether rows of tables move in steps that do not touch them: see ``Descent``.
    package var movesAllRows: Bool
    /// Seeds starting values, order and draws.
    package var seed: UInt64

    /// Collects settings.
    package init(
        optimizer: Optimizer = .adam(rate: 1e-3), schedule: Schedule = .constant,
        batchSize: Int = 128, movesAllRows: Bool = false, seed: UInt64 = 1
    ) {
        self.optimizer = optimizer
        self.schedule = schedule
        self.batchSize = batchSize
        self.movesAllRows = movesAllRows
        self.seed = seed
    }
}
