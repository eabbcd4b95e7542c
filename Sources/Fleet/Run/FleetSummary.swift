/// What a run of a fleet came to; also its JSON.
package struct FleetSummary: Sendable, Codable {
    package var devices: Int
    /// Device-rounds by what came of them.
    package var finished: Int
    package var left: Int
    package var declined: Int
    /// Why devices left or declined.
    package var reasons: [String: Int]
    package var traffic: Traffic.Counts
    package var seconds: Double
    package var peakMemoryBytes: Int
    /// The models of the tasks, as they were judged at the end.
    package var quality: [TaskQuality]

    /// How good a task's model is.
    package struct TaskQuality: Sendable, Codable {
        package var task: String
        package var queriesDone: Int
        package var metrics: [String: Double]
    }
}
