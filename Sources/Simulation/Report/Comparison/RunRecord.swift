internal import Foundation
internal import Recommender

/// A run that is over, as its folder tells of it.
public struct RunRecord: Sendable {
    /// What comparisons call it: the folder's name.
    public var name: String
    /// The folder.
    public let path: String
    /// What it came to.
    public let result: SimulationResult
    /// Its finished rounds.
    public let metrics: [RoundMetrics]
    /// Every key of its scenario.
    public let keys: [Scenario.Key]

    /// Reads a run folder.
    ///
    /// - Throws: ``SimulationError/notARun(path:reason:)``.
    public init(path: String) throws {
        let folder = try RunFolder(reading: path)
        name = URL(filePath: path).standardizedFileURL.lastPathComponent
        self.path = path
        result = try folder.readResult()
        do {
            metrics = try folder.readMetrics()
            keys = try Scenario(path: folder.scenarioPath).keys
        } catch {
            throw SimulationError.notARun(path: path, reason: "\(error)")
        }
    }

    /// The value of each key.
    var settings: [String: String] {
        Dictionary(keys.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    /// The quality that the run ended with.
    var quality: RankingQuality? {
        result.quality.private ?? metrics.last { $0.quality != nil }?.quality
    }
}
