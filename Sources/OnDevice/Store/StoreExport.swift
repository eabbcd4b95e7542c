public import Foundation

/// Everything that a store holds, as JSON hands it to the person it belongs to.
///
/// The keys are the names of the properties here, in ``BehaviourEvent``, ``EventContext`` and
/// ``Impression``; what is not known has no key. Times are seconds since 1970, UTC; documents are
/// base64.
public struct StoreExport: Sendable, Equatable, Codable {
    /// "covey-export-1".
    public var format = "covey-export-1"
    /// All events, the oldest first.
    public var events: [BehaviourEvent]
    /// All lists that were shown, the oldest first.
    public var impressions: [Impression]
    /// The answers by question.
    public var answers: [String: [String]]
    /// The documents by name.
    public var documents: [String: Data]
}
