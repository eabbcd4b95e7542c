public import Foundation

/// A list that was shown to the person, with the chances by which it came about.
///
/// What came of it is found by joining with the events of the same items that follow: a ranker is
/// judged from such logs by weighing each outcome with the inverse of its propensity.
public struct Impression: Sendable, Hashable, Codable, Identifiable {
    /// Tells this list from all others.
    public var id: UUID
    /// When it was shown, in seconds since 1970, UTC.
    public var time: Int64
    /// The items' identifiers, first place first; 1 to 1,000.
    public var items: [String]
    /// For each item the probability with which it got its place, above 0 and at most 1.
    public var propensities: [Double]
    /// Which ranker and version of the model chose, at most 256 bytes of UTF-8.
    public var model: String

    /// Describes a shown list; the store checks the ranges when it is appended.
    public init(
        id: UUID = UUID(), time: Int64, items: [String], propensities: [Double], model: String
    ) {
        self.id = id
        self.time = time
        self.items = items
        self.propensities = propensities
        self.model = model
    }
}
