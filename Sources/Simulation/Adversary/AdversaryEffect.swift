public import Recommender

/// What came of those who work against a training, judged over everybody else.
public struct AdversaryEffect: Sendable, Codable {
    /// What they do.
    public var attack: String
    /// How many there are.
    public var devices: Int
    /// How the server combines sums.
    public var defence: String
    /// The identifier of the item that they push; nil where they push none.
    public var target: String?
    /// Its title.
    public var targetTitle: String?
    /// To how many people it is shown; nil where none is pushed.
    public var exposure: TargetExposure?
    /// The same without them, where it was asked for.
    public var exposureWithout: TargetExposure?
    /// The quality that the same training reaches without them and without a defence, where it was asked
    /// for.
    public var qualityWithout: RankingQuality?
}
