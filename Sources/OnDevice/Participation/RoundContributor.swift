public import PrivacyLedger

/// What answers the queries of rounds on the device, such as a recommender that trains there.
///
/// Both functions have to end soon after their task is cancelled: a round that takes too long, and
/// withdrawn consent, arrive that way.
public protocol RoundContributor: Sendable {
    /// Whether it has an answer to the query of a round, in the plan's dimension and units. Asked
    /// before anything is charged.
    func canContribute(to plan: RoundPlan) async -> Bool

    /// The device's vector, `plan.sum.dimension` coordinates; whatever is longer than the clipping
    /// norm is scaled down to it.
    func contribution(to plan: RoundPlan) async throws -> [Float]
}
