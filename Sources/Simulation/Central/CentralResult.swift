public import Recommender

/// What training a network on everybody's histories at once came to.
///
/// As JSON:
///
///     {"scenario": "sasrec", "network": "SASRec", "status": "finished", "people": 6040,
///      "items": 3706, "parameters": {"shared": 221300, "personal": 0}, "popularity": {…},
///      "epochs": [{"epoch": 20, "loss": 0.55, "seconds": 70.1, "cpuSeconds": 130.2,
///                  "quality": {…}}], "peakMemoryBytes": 180000000}
public struct CentralResult: Sendable, Codable {
    /// The state after an epoch that was judged.
    public struct Epoch: Sendable, Codable {
        /// The number of passes over all histories; 0 for the start from parts trained first.
        public var epoch: Int
        /// The mean loss of the last pass; nil before the first.
        public var loss: Double?
        /// The time spent on training so far, parts included, in seconds.
        public var seconds: Double
        /// The processor time spent so, in seconds.
        public var cpuSeconds: Double
        /// How well it ranks.
        public var quality: RankingQuality
    }

    /// How many parameters there are.
    public struct Parameters: Sendable, Codable {
        /// Those that everybody would hold.
        public var shared: Int
        /// Those that would never leave a device, for each person.
        public var personal: Int
    }

    /// The name of the scenario.
    public var scenario: String
    /// The network.
    public var network: String
    /// Whether all epochs were done.
    public var status: SimulationResult.Status
    /// The number of people.
    public var people: Int
    /// The number of items.
    public var items: Int
    /// The number of parameters.
    public var parameters: Parameters
    /// How well popularity ranks.
    public var popularity: RankingQuality
    /// The epochs that were judged.
    public var epochs: [Epoch]
    /// The most memory that was in use, in bytes.
    public var peakMemoryBytes: Int
}
