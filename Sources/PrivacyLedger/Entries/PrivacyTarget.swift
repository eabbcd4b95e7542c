public import DifferentialPrivacy

/// The privacy that a training promises, and to whom it is calibrated.
public struct PrivacyTarget: Sendable, Hashable {
    /// The adversaries that an epsilon is stated against.
    public enum Adversary: String, Sendable, Hashable, CaseIterable {
        /// The coordinator, which sees every sum and who took part.
        case coordinator
        /// Those who see the released models only.
        case observer
    }

    /// The largest epsilon and the delta over the whole training.
    public var budget: PrivacyBudget
    /// Whose epsilon must stay within the budget.
    public var against: Adversary

    /// Describes a target.
    public init(budget: PrivacyBudget, against: Adversary) {
        self.budget = budget
        self.against = against
    }

    /// The epsilon of a guarantee that this target limits.
    public func limitedEpsilon(of spent: Spent) -> Double {
        switch against {
        case .coordinator: spent.epsilonCoordinator
        case .observer: spent.epsilonObserver
        }
    }
}
