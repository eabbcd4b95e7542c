/// One thing that the person did with an item, as the app saw it.
public struct BehaviourEvent: Sendable, Hashable, Codable {
    /// What was done.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// The item's page or card was looked at.
        case view
        /// The item was chosen from a list.
        case click
        /// Playback began.
        case play
        /// The item was passed over or broken off.
        case skip
        /// A grade was given; ``BehaviourEvent/value`` holds it.
        case rating
        /// The item was bought.
        case purchase
        /// Time was spent; ``BehaviourEvent/value`` holds it, in seconds.
        case dwell
        /// The person asked not to see the item again.
        case hide
    }

    /// The item's identifier in the catalogue, 1 to 256 bytes of UTF-8.
    public var item: String
    /// What was done.
    public var kind: Kind
    /// When, in seconds since 1970, UTC.
    public var time: Int64
    /// A rating on the catalogue's own scale, or a dwell in seconds; finite.
    public var value: Double?
    /// The circumstances, where the app tells them.
    public var context: EventContext?

    /// Describes an event; the store checks the ranges when it is appended.
    public init(
        item: String, kind: Kind, time: Int64, value: Double? = nil, context: EventContext? = nil
    ) {
        self.item = item
        self.kind = kind
        self.time = time
        self.value = value
        self.context = context
    }
}
