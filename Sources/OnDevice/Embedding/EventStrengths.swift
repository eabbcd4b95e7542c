/// How strongly each kind of event speaks for its item, or against it.
public struct EventStrengths: Sendable, Hashable, Codable {
    /// The strength of a look at an item's page.
    public var view: Double
    /// The strength of a choice from a list.
    public var click: Double
    /// The strength of playback.
    public var play: Double
    /// The strength of a purchase.
    public var purchase: Double
    /// The strength of the highest rating; the lowest has 0, and others lie between.
    public var rating: Double
    /// The lowest and the highest rating.
    public var ratingScale: ClosedRange<Double>
    /// The strength of a dwell of `longDwell` seconds or more; shorter ones have their share of it.
    public var dwell: Double
    /// See ``dwell``; over 0.
    public var longDwell: Double
    /// The strength of passing over an item, at most 0.
    public var skip: Double
    /// The strength of asking not to see an item again, at most 0.
    public var hide: Double
    /// The strength of an item or category picked when the app was set up.
    public var pick: Double

    /// Common strengths unless told otherwise.
    public init(
        view: Double = 0.5, click: Double = 1, play: Double = 1, purchase: Double = 1.5,
        rating: Double = 1.25, ratingScale: ClosedRange<Double> = 1...5, dwell: Double = 1,
        longDwell: Double = 60, skip: Double = -0.3, hide: Double = -1, pick: Double = 1
    ) {
        self.view = view
        self.click = click
        self.play = play
        self.purchase = purchase
        self.rating = rating
        self.ratingScale = ratingScale
        self.dwell = dwell
        self.longDwell = longDwell
        self.skip = skip
        self.hide = hide
        self.pick = pick
    }

    /// The strength of an event. A rating or dwell without a value counts as the strongest.
    public func callAsFunction(_ event: BehaviourEvent) -> Double {
        switch event.kind {
        case .view: view
        case .click: click
        case .play: play
        case .purchase: purchase
        case .rating:
            rating * share(event.value, from: ratingScale.lowerBound, to: ratingScale.upperBound)
        case .dwell: dwell * share(event.value, from: 0, to: longDwell)
        case .skip: skip
        case .hide: hide
        }
    }

    private func share(_ value: Double?, from low: Double, to high: Double) -> Double {
        guard let value, value.isFinite, high > low else { return 1 }
        return min(1, max(0, (value - low) / (high - low)))
    }
}
