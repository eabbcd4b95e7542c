/// How the sum of a round is computed: only a real one protects anybody.
public enum AggregationFidelity: String, Sendable, Hashable, CaseIterable {
    /// Encoding, noise shares, masks, key shares and dropout recovery: what devices do.
    case real
    /// In a simulation, the same encoded and noised integers, added up without masks.
    case ideal
    /// In a simulation, clipped floats, with the rounding and noise of the whole cohort drawn once.
    /// Fast, and no evidence for the code that protects real devices.
    case statistical
}
