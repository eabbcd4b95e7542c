/// Many runs of one scenario with different settings: all of a grid, draws at random, or a race in which
/// only the better ones go on.
public struct Sweep: Sendable {
    /// A key of scenarios with a value.
    struct Setting: Sendable, Hashable {
        var key: String
        var value: String

        var override: String { "\(key)=\(value)" }
    }

    /// The settings of one run beside those that all share.
    struct Point: Sendable, Hashable {
        var settings: [Setting]

        /// The name of its run folder: "epsilon=2,seed=1".
        var name: String {
            settings.map { setting in
                let key = setting.key.split(separator: ".").last.map(String.init) ?? setting.key
                return "\(key)=\(setting.value)".replacing("/", with: "_")
            }.joined(separator: ",")
        }
    }

    /// A race: every point runs with the first value, and the better ones again with the next one; Jamieson
    /// and Talwalkar, "Non-stochastic best arm identification and hyperparameter optimization",
    /// AISTATS 2016, algorithm 1.
    struct Race: Sendable, Hashable {
        /// What a point is judged by, among sampled items.
        enum Measure: String, Sendable, CaseIterable {
            case hitRate = "hit-rate"
            case ndcg
        }

        /// What is raised from rung to rung, such as the number of rounds.
        var key: String
        /// Its values, one for each rung.
        var values: [String]
        /// The share of the points that go on, at least one.
        var kept: Double
        /// What they are judged by.
        var measure: Measure
    }

    /// What the sweep is called.
    public let name: String
    /// The scenario that all runs have in common, and what messages call it.
    let scenario: (yaml: String, source: String)
    /// What all runs lay over it.
    let shared: [Setting]
    /// The points, in the order in which they run.
    let points: [Point]
    /// The race among them; nil where all run once.
    let race: Race?

    /// The scenario of a point.
    ///
    /// - Throws: ``ScenarioError``.
    func scenario(of point: Point, threads: Int) throws -> Scenario {
        try Scenario(
            yaml: scenario.yaml, source: scenario.source,
            overrides: (shared + point.settings).map(\.override) + ["threads=\(threads)"])
    }

    /// The points of a rung, from those of the rung before that go on.
    func rung(_ number: Int, of points: [Point]) -> [Point] {
        guard let race else { return points }
        let setting = Setting(key: race.key, value: race.values[number])
        return points.map { Point(settings: $0.settings + [setting]) }
    }

    /// The names of the runs of the first rung.
    public var firstRuns: [String] { rung(0, of: points).map(\.name) }

    /// How many rungs there are.
    var rungs: Int { race?.values.count ?? 1 }
}
