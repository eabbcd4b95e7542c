/// How a server makes up its mind from the sums of groups: the section `defence`.
package struct DefenceSettings: Sendable, Hashable {
    /// The rule that combines the sums.
    package enum Rule: String, Sendable, CaseIterable {
        /// One sum of the whole cohort; nothing is checked.
        case none
        /// The sum of all groups that the check does not flag.
        case filter
        /// Coordinate by coordinate, the mean of what is left without the extremes.
        case trimmedMean = "trimmed-mean"
        /// Coordinate by coordinate, the median.
        case median
        /// The point with the least sum of distances.
        case geometricMedian = "geometric-median"
    }

    /// How the sums are combined.
    package var rule: Rule
    /// How many groups a cohort is divided into.
    package var groups: Int
    /// The share of groups that the trimmed mean leaves out at either end.
    package var trim: Double
    /// The score from which on a group is flagged.
    package var threshold: Double

    /// Describes a defence; what its rule does not need is of no account.
    package init(
        _ rule: Rule = .none, groups: Int = 10, trim: Double = 0.2, threshold: Double = 3.5
    ) {
        self.rule = rule
        self.groups = groups
        self.trim = trim
        self.threshold = threshold
    }

    /// Reads the keys that apply to the rule.
    init(_ reader: inout SettingsReader) throws {
        self.init(try reader.choice("defence.rule", default: Rule.none))
        guard rule != .none else { return }
        groups = try reader.integer("defence.groups", default: groups, in: 3...1000)
        threshold = try reader.number("defence.threshold", default: threshold, in: 0.5...1000)
        if rule == .trimmedMean {
            trim = try reader.number("defence.trim", default: trim, in: 0...0.49)
        }
    }
}
