/// An item in its place on the list, with everything that put it there.
///
/// ``value`` is ``score`` plus the ``adjustments``, added from left to right, to the last bit.
public struct Placed: Sendable, Hashable {
    /// Where the item is in the array of candidates.
    public var candidate: Int
    /// The candidate's own score.
    public var score: Double
    /// What raised or lowered the score here, in the score's unit, without those of zero.
    public var adjustments: [Adjustment]
    /// What the candidate was compared by at this place.
    public var value: Double
    /// What decided the place.
    public var choice: Choice
    /// The probability, over 0, that this item came here, given the items above it.
    ///
    /// Multiplied down to a place, the propensities give the probability of the list to there. See
    /// ``Exploration``.
    public var propensity: Double

    /// A part of what an item was compared by.
    public struct Adjustment: Sendable, Hashable {
        /// What made it.
        public var source: Source
        /// How much was added to the score; may be negative.
        public var amount: Double

        /// What can make an adjustment.
        public enum Source: String, Sendable, Hashable, CaseIterable, Codable {
            /// ``ExposureDebiasing``.
            case exposure
            /// ``Diversity``.
            case diversity
            /// ``Calibration``.
            case calibration
        }
    }

    /// What can decide a place.
    public enum Choice: String, Sendable, Hashable, Codable {
        /// The greatest value among the items that the rules left.
        case best
        /// A draw: ``Exploration`` chose another than the best.
        case explored
        /// A rule: ``BusinessRule/pinned(item:position:)``.
        case pinned
    }
}
