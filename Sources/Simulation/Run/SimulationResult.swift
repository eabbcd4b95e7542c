public import DifferentialPrivacy
public import FederatedProtocol
public import Foundation
public import Recommender

/// What a run amounts to: what `--json` prints and `result.json` keeps.
public struct SimulationResult: Codable, Sendable {
    /// Whether the run came to its end.
    public enum Status: String, Codable, Sendable {
        /// All rounds are done and judged.
        case finished
        /// Stopped on request; the files are valid up to the last finished round.
        case interrupted
    }

    /// The two guarantees over all finished rounds.
    public struct Epsilon: Codable, Sendable {
        /// Against the coordinator.
        public var coordinator: Double
        /// Against those who see the released models only.
        public var observer: Double
    }

    /// The trained model beside its two references.
    public struct Quality: Codable, Sendable {
        /// The model trained under privacy.
        public var `private`: RankingQuality?
        /// Recommending what is popular, counted without privacy.
        public var popularity: RankingQuality?
        /// The same algorithm with the same settings, without privacy.
        public var nonPrivate: RankingQuality?
        /// What private sums last showed of the model in training; absent where none were asked.
        public var measured: MeasuredQuality?
    }

    /// Speed of the training itself, evaluation and references not counted.
    public struct Training: Codable, Sendable {
        /// Contributions that reached a sum.
        public var deviceUpdates: Int
        /// Processor time over all threads.
        public var cpuSeconds: Double
        /// Contributions per second of processor time.
        public var updatesPerCPUSecond: Double
    }

    /// The scenario's name.
    public var scenario: String
    /// Whether the run came to its end.
    public var status: Status
    /// How the sums were computed.
    public var aggregation: String
    /// How many rounds are finished, and how many there are.
    public var rounds: Rounds
    /// The guarantees.
    public var epsilon: Epsilon
    /// The delta of both.
    public var delta: Double
    /// What the devices have spent against the coordinator, each by its own participations.
    public var individual: IndividualAccounts.Distribution
    /// What was measured.
    public var quality: Quality
    /// The number of devices.
    public var devices: Int
    /// The number of devices in the last sum.
    public var survivors: Int
    /// What a device that stayed in every round sent and received.
    public var bytesPerDevice: RoundTraffic
    /// The BLAKE2b that ends the model's snapshot, as the ledger has it, in hexadecimal.
    public var modelHash: String
    /// Wall-clock time of the whole run.
    public var seconds: Double
    /// The largest resident memory.
    public var peakMemoryBytes: Int
    /// Speed of the training itself.
    public var training: Training
    /// What came of those who work against the training; absent where nobody does.
    public var adversary: AdversaryEffect?
    /// What a deployment takes; absent where no time passes.
    package var deployment: DeploymentCost?
    /// The run folder.
    public var output: String

    /// How far a run came.
    public struct Rounds: Codable, Sendable {
        /// Rounds that are finished.
        public var done: Int
        /// Rounds of the whole training.
        public var planned: Int
    }

    /// The result as JSON, keys in alphabetical order.
    public var json: Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // A result is numbers and texts; a number that JSON cannot hold would be a bug in a metric.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return (try? encoder.encode(self)) ?? Data()
    }
}
