/// When the coordinator answers nobody: the scenario's section `outages`. A round under way when one
/// begins comes to nothing.
///
/// | key | default | what it is |
/// |---|---|---|
/// | `outages.perMonth` | 0 | how often in 30 days, on average |
/// | `outages.hours` | 1 | how long, on average; exponential |
/// | `outages.at` | | beside those, at fixed hours since the beginning: `30-34, 100-101.5` |
package struct OutageModel: Sendable, Hashable {
    /// Hours since the beginning.
    package struct Fixed: Sendable, Hashable {
        package var start: Double
        package var end: Double

        package init(start: Double, end: Double) {
            self.start = start
            self.end = end
        }
    }

    package var perMonth = 0.0
    package var hours = 1.0
    package var fixed: [Fixed] = []

    /// None.
    package init() {}

    /// Reads the section.
    static func read(_ reader: inout SettingsReader) throws -> OutageModel {
        var outages = OutageModel()
        outages.perMonth = try reader.number(
            "outages.perMonth", default: outages.perMonth, in: 0...1000)
        outages.hours = try reader.number("outages.hours", default: outages.hours, in: 0.001...720)
        let text = reader.text("outages.at", default: "")
        for part in text.split(separator: ",") {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map {
                Double($0.filter { $0 != " " })
            }
            guard ends.count == 2, let start = ends[0], let end = ends[1], start >= 0, end > start,
                end.isFinite
            else {
                throw ScenarioError.contradiction(
                    "'outages.at' cannot be '\(text)'; it takes hours since the beginning, such as "
                        + "30-34, 100-101.5")
            }
            outages.fixed.append(Fixed(start: start, end: end))
        }
        outages.fixed.sort { ($0.start, $0.end) < ($1.start, $1.end) }
        return outages
    }
}

/// The outages one after the other, in seconds since the beginning; a pure function of the seed.
struct Outages: Sendable {
    private let model: OutageModel
    private var draws: VirtualDraws
    private var nextRandom: AvailabilityWindow?
    private var fixed: ArraySlice<OutageModel.Fixed>

    init(_ model: OutageModel, seed: UInt64) {
        self.model = model
        draws = VirtualDraws(key: VirtualDraws.key(seed: seed, "outages"), 0)
        fixed = model.fixed[...]
        drawNext(after: 0)
    }

    private mutating func drawNext(after time: Double) {
        guard model.perMonth > 0 else { return }
        let start = time + draws.exponential(mean: 30 * 86_400 / model.perMonth)
        nextRandom = AvailabilityWindow(
            start: start, end: start + draws.exponential(mean: model.hours * 3600))
    }

    /// The next outage that ends after `time`, with those that overlap it; nil where there is none.
    mutating func next(after time: Double) -> AvailabilityWindow? {
        var found: AvailabilityWindow?
        while let candidate = first, candidate.start <= (found?.end ?? .infinity) {
            removeFirst()
            guard candidate.end > time else { continue }
            found = AvailabilityWindow(
                start: found?.start ?? candidate.start,
                end: max(candidate.end, found?.end ?? 0))
        }
        return found
    }

    private var isFixedFirst: Bool {
        guard let first = fixed.first else { return false }
        return nextRandom.map { first.start * 3600 <= $0.start } ?? true
    }

    private var first: AvailabilityWindow? {
        guard isFixedFirst, let first = fixed.first else { return nextRandom }
        return AvailabilityWindow(start: first.start * 3600, end: first.end * 3600)
    }

    private mutating func removeFirst() {
        if isFixedFirst {
            fixed.removeFirst()
        } else if let end = nextRandom?.end {
            drawNext(after: end)
        }
    }
}
