/// A list of items that the device showed.
public struct DisplayedList: Sendable, Hashable {
    /// When, in seconds since 1970 (UTC).
    public var time: Int64
    /// The items, the first ones first.
    public var items: [String]

    /// Describes a list.
    public init(time: Int64, items: [String]) {
        self.time = time
        self.items = items
    }
}

/// Something that its owner did with an item and that speaks for it: a click, a purchase.
public struct PositiveEvent: Sendable, Hashable {
    /// When, in seconds since 1970 (UTC).
    public var time: Int64
    /// The item.
    public var item: String

    /// Describes an event.
    public init(time: Int64, item: String) {
        self.time = time
        self.item = item
    }
}
