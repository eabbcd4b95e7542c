/// One thing a person did with one item.
public struct Interaction: Sendable, Hashable {
    /// The item's position in the ``Catalogue``.
    public var item: Int32
    /// Seconds since 1970-01-01 UTC; where the data carry no time, the position in the history.
    public var timestamp: Int64
    /// The explicit rating, on the data set's own scale; nil for an implicit event.
    public var rating: Float?
    /// The hour of day (0 to 23) or another small context code of the data set; nil if unknown.
    public var context: UInt8?

    /// Describes one event.
    public init(item: Int, timestamp: Int64, rating: Float? = nil, context: UInt8? = nil) {
        self.item = Int32(item)
        self.timestamp = timestamp
        self.rating = rating
        self.context = context
    }
}
