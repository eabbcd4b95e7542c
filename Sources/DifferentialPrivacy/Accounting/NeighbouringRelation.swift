/// Which two sets of data an outcome must not tell apart. A user is one person with all their data.
public enum NeighbouringRelation: String, Codable, Sendable, Hashable, CaseIterable {
    /// One user's contribution is present, or replaced by the zero vector; who takes part, and with
    /// it the noise, stays the same. The relation under which noise that the devices add themselves
    /// is analysed (Kairouz, Liu and Steinke 2021, arXiv 2102.06387).
    case zeroOutOne = "zero-out of one user"
    /// One user is present or not. Noise that does not depend on who takes part protects under this
    /// relation as well as under ``zeroOutOne``.
    case addOrRemoveOne = "addition or removal of one user"
    /// One user's contribution is replaced by any other: a sum moves by up to twice the largest
    /// contribution.
    case replaceOne = "replacement of one user"

    /// How far a sum moves at most, in largest contributions.
    var reach: Double { self == .replaceOne ? 2 : 1 }
}
