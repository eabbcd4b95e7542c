/// A cumulative guarantee, against both adversaries.
public struct Spent: Codable, Sendable, Hashable {
    /// Against the coordinator, which sees every sum and who took part in it.
    public var epsilonCoordinator: Double
    /// Against those who see the released models only.
    public var epsilonObserver: Double
    /// The delta of both.
    public var delta: Double

    /// Describes a guarantee.
    public init(epsilonCoordinator: Double, epsilonObserver: Double, delta: Double) {
        self.epsilonCoordinator = epsilonCoordinator
        self.epsilonObserver = epsilonObserver
        self.delta = delta
    }
}

extension [LedgerEntry] {
    /// What the last charge says was spent; nil where there is none.
    var lastSpent: Spent? {
        for entry in reversed() {
            if case .charge(let charge) = entry.content { return charge.spent }
        }
        return nil
    }
}
