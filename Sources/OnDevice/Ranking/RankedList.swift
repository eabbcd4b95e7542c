/// A list of recommendations, with all that is needed to say where each came from.
public struct RankedList: Sendable {
    /// The items, first place first.
    public let items: [RankedItem]
    /// The circumstances it was made for.
    public let context: EventContext
    /// The model, as an impression names it: "movies release 7".
    public let model: String
    let scorer: CandidateScorer

    /// Why an item is where it is: parts that add up to its score.
    ///
    /// - Parameter position: The place, from 0.
    /// - Returns: nil for a place that the list does not have.
    public func explanation(at position: Int) -> Explanation? {
        guard items.indices.contains(position) else { return nil }
        return scorer.explanation(of: items[position])
    }

    /// The list as it is logged when it was shown.
    ///
    /// - Parameter time: When, in seconds since 1970, UTC.
    public func impression(at time: Int64) -> Impression {
        Impression(
            time: time, items: items.map(\.id), propensities: items.map(\.propensity), model: model)
    }
}

/// One place of a list.
public struct RankedItem: Sendable, Hashable {
    /// The item's identifier.
    public let id: String
    /// Its number in the model's catalogue.
    public let item: Int
    /// Its title, or its identifier where it has none.
    public let title: String
    /// What it was placed by: what the model expects, circumstances, and the adjustments of
    /// re-ranking.
    public let score: Double
    /// What re-ranking added to the model's score.
    public let adjustments: [Placed.Adjustment]
    /// What decided the place.
    public let choice: Placed.Choice
    /// The probability, over 0, that the item came here, given the items above it.
    public let propensity: Double
}
