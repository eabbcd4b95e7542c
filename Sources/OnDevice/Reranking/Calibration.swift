/// Keeps the list's mix of categories near the person's own.
///
/// Steck, "Calibrated recommendations", RecSys 2018: the list is built greedily from the top to
/// maximise (1 - weight) · (sum of score / spread) - weight · KL(p ‖ q̃), where p is the target mix,
/// q the list's, q̃ = (1 - alpha) q + alpha p with alpha = 0.01, and the spread is the standard
/// deviation of the candidates' scores. An item of m categories is 1/m of each; all places count
/// alike.
///
/// An item's adjustment is how much nearer it would bring the list to the target than the mean
/// candidate would, so that one of no category, which says nothing of the mix, gets 0.
public struct Calibration: Sendable, Hashable, Codable {
    /// What the mix weighs against the scores, from 0 (nothing) to 0.999; a value beyond counts as
    /// the bound.
    public var weight: Double

    /// A calibration of the given weight.
    public init(weight: Double = 0.2) { self.weight = weight }

    /// By score alone.
    public static let none = Calibration(weight: 0)
}
