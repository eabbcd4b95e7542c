internal import Learning
package import Recommender

extension Scenario {
    /// How a network is trained on everybody's histories at once.
    package struct CentralSettings: Sendable, Hashable {
        /// The training of the whole network.
        package var training: CentralPasses
        /// Rankings are judged after every so many epochs, and after the last.
        package var evaluationInterval: Int
        /// For NeuMF: how GMF and the tower are trained alone first; nil where they are not.
        package var parts: Parts?

        /// The trainings of the parts of NeuMF.
        package struct Parts: Sendable, Hashable {
            /// That of generalised matrix factorisation.
            package var gmf: CentralPasses
            /// That of the tower.
            package var mlp: CentralPasses
        }

        init(
            _ reader: inout SettingsReader, of network: NetworkSettings, seed: UInt64
        ) throws {
            if network.hasParts {
                let gmf = try CentralPasses(
                    &reader, "central.gmf", seed: seed, epochs: (0, 0...100_000))
                let mlp = try CentralPasses(
                    &reader, "central.mlp", seed: seed, epochs: (0, 0...100_000))
                parts = gmf.epochs + mlp.epochs > 0 ? Parts(gmf: gmf, mlp: mlp) : nil
            }
            training = try CentralPasses(
                &reader, "central", seed: seed, epochs: (20, (parts == nil ? 1 : 0)...100_000))
            evaluationInterval = try reader.integer(
                "central.evaluateEvery", default: 5, in: 1...100_000)
        }
    }

    /// Passes over everybody's histories.
    package struct CentralPasses: Sendable, Hashable {
        /// How often all histories are gone through.
        package var epochs: Int
        /// The settings of each.
        package var configuration: CentralTrainingConfiguration

        private enum OptimizerName: String, CaseIterable { case descent, momentum, adam, adagrad }

        /// Reads the keys of a section.
        init(
            _ reader: inout SettingsReader, _ section: String, seed: UInt64,
            epochs: (standard: Int, range: ClosedRange<Int>)
        ) throws {
            func number(
                _ key: String, _ standard: Double, _ range: ClosedRange<Double>
            ) throws -> Float {
                Float(try reader.number("\(section).\(key)", default: standard, in: range))
            }
            self.epochs = try reader.integer(
                section + ".epochs", default: epochs.standard, in: epochs.range)
            let name = try reader.choice(section + ".optimizer", default: OptimizerName.adam)
            let rate = try number("learningRate", name == .adam ? 1e-3 : 0.05, 1e-9...1000)
            let decay = name == .adagrad ? 0 : try number("decay", 0, 0...1)
            let optimizer: Optimizer =
                switch name {
                case .descent: .descent(rate: rate, decay: decay)
                case .momentum:
                    .momentum(
                        rate: rate, momentum: try number("momentum", 0.9, 0...0.9999),
                        decay: decay)
                case .adam:
                    .adam(
                        rate: rate, beta1: try number("beta1", 0.9, 0...0.9999),
                        beta2: try number("beta2", 0.999, 0...0.99999), decay: decay)
                case .adagrad: .adagrad(rate: rate)
                }
            configuration = CentralTrainingConfiguration(
                optimizer: optimizer, schedule: try Self.readSchedule(&reader, section),
                batchSize: try reader.integer(
                    section + ".batchSize", default: 128, in: 1...1_000_000),
                movesAllRows: try reader.flag(section + ".movesAllRows", default: false),
                seed: seed)
        }

        private enum ScheduleName: String, CaseIterable {
            case constant, warmup, cosine, exponential
        }

        private static func readSchedule(
            _ reader: inout SettingsReader, _ section: String
        ) throws -> Schedule {
            func steps(_ key: String, _ standard: Int) throws -> Int {
                try reader.integer(
                    "\(section).\(key)", default: standard, in: 0...1_000_000_000)
            }
            switch try reader.choice(section + ".schedule", default: ScheduleName.constant) {
            case .constant: return .constant
            case .warmup: return .warmup(steps: try steps("warmupSteps", 1000))
            case .cosine:
                return .cosine(
                    warmup: try steps("warmupSteps", 0), steps: try steps("steps", 100_000))
            case .exponential:
                return .exponential(
                    factor: Float(
                        try reader.number(
                            section + ".rateFactor", default: 0.5, in: 1e-6...1)),
                    interval: try steps("rateInterval", 10_000))
            }
        }
    }
}
