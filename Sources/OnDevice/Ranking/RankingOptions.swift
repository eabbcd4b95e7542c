public import Foundation
public import VectorKernels

/// How a ``DeviceRanker`` ranks; the defaults suit most apps.
public struct RankingOptions: Sendable {
    /// How many of the best items of the scan are looked at more closely, at least; lists longer than
    /// a quarter of it get four candidates a place.
    public var candidates: Int
    /// How strongly each kind of event speaks for its item.
    public var strengths: EventStrengths
    /// After which kinds of events an item counts as seen and is not recommended again; empty to
    /// recommend it all the same.
    public var seen: Set<BehaviourEvent.Kind>
    /// What the person's habits weigh, by the hour, weekday, device and session.
    public var context: ContextWeights
    /// Diversity, calibration, exposure, exploration and the app's rules.
    public var reranker: Reranker
    /// The most threads of a scan.
    public var threads: Int

    /// Common settings unless told otherwise.
    public init(
        candidates: Int = 200, strengths: EventStrengths = EventStrengths(),
        seen: Set<BehaviourEvent.Kind> = [.play, .purchase, .rating],
        context: ContextWeights = ContextWeights(), reranker: Reranker = Reranker(),
        threads: Int = min(4, ProcessInfo.processInfo.activeProcessorCount)
    ) {
        self.candidates = candidates
        self.strengths = strengths
        self.seen = seen
        self.context = context
        self.reranker = reranker
        self.threads = threads
    }

    /// By score alone: no diversity, no calibration, no context, nothing left to chance.
    public static var plain: RankingOptions {
        RankingOptions(
            context: .none,
            reranker: Reranker(diversity: .none, calibration: .none, exposure: .none))
    }
}

/// What ``ContextFeature``s weigh beside the model's score, each in the unit of the log of a ratio:
/// with a weight of 1, a category chosen e times as often as usual in a circumstance adds 1.
public struct ContextWeights: Sendable, Hashable, Codable {
    /// The weight of the part of the day.
    public var hour: Double
    /// The weight of the weekend or its absence.
    public var weekday: Double
    /// The weight of the kind of device.
    public var device: Double
    /// The weight of the part of the session.
    public var session: Double

    /// Mild weights unless told otherwise.
    public init(
        hour: Double = 0.25, weekday: Double = 0.25, device: Double = 0.25, session: Double = 0.25
    ) {
        self.hour = hour
        self.weekday = weekday
        self.device = device
        self.session = session
    }

    /// Circumstances do not count.
    public static let none = ContextWeights(hour: 0, weekday: 0, device: 0, session: 0)

    subscript(feature: ContextFeature) -> Double {
        switch feature {
        case .hour: hour
        case .weekday: weekday
        case .device: device
        case .session: session
        }
    }
}

/// Which items one list may hold, beside what the person has seen or hidden.
public struct RankingFilter: Sendable {
    /// Only items of one of these categories; nil for all.
    public var categories: Set<String>?
    /// No item of any of these categories.
    public var excludedCategories: Set<String>
    /// Only these items, by their numbers in this model's catalogue: what is in stock, what the
    /// subscription covers; nil for all. Make it anew for another release.
    public var available: ItemBitmap?

    /// All items unless told otherwise.
    public init(
        categories: Set<String>? = nil, excludedCategories: Set<String> = [],
        available: ItemBitmap? = nil
    ) {
        self.categories = categories
        self.excludedCategories = excludedCategories
        self.available = available
    }
}
