internal import Coordinator
internal import Simulation

/// What is spent, and what is left.
struct BudgetView {
    /// One of the two epsilons.
    struct Line {
        let name: String
        let spent: String
        /// What there is to compare it to.
        let note: String
        let meaning: String
        /// How much of the budget it is, if the budget limits it.
        let bar: [String]
    }

    let lines: [Line]
    let delta: String
    /// For screen readers, once a part is spent that is worth a word.
    let announcement: [String]

    /// From these parts of the budget on, in percent, it is worth a word.
    private static let marks = [100, 90, 75, 50]

    init(_ budget: CoordinatorOverview.Budget) {
        delta = NumberText.scientific(budget.delta)
        lines = [
            Self.line(
                "Against the coordinator", budget.epsilonCoordinator,
                meaning: "It sees every sum, and who took part in it.",
                limit: budget.against == "coordinator" ? budget.epsilon : nil),
            Self.line(
                "Against observers", budget.epsilonObserver,
                meaning: "They see published models, and not who took part.",
                limit: budget.against == "observer" ? budget.epsilon : nil),
        ]
        let passed = Self.marks.first { Double($0) <= 100 * (budget.shareSpent ?? 0) }
        announcement = passed.map { ["Privacy budget: \($0) percent is spent."] } ?? []
    }

    private static func line(
        _ name: String, _ spent: Double, meaning: String, limit: Double?
    ) -> Line {
        guard let limit, limit > 0, limit.isFinite else {
            return .init(
                name: name, spent: NumberText.fixed(spent), note: "not limited by the budget",
                meaning: meaning, bar: [])
        }
        let left = limit - spent
        let note =
            left >= 0
            ? "\(NumberText.fixed(left)) left of \(NumberText.fixed(limit))"
            : "\(NumberText.fixed(-left)) over the budget of \(NumberText.fixed(limit))"
        let bar = ShareBar(
            parts: [(spent / limit, spent / limit >= 0.9 ? "part-bad" : "part-spent")],
            description: "\(NumberText.percent(spent / limit)) spent")
        return .init(
            name: name, spent: NumberText.fixed(spent), note: note, meaning: meaning,
            bar: [bar.svg])
    }
}

extension CoordinatorOverview.Budget {
    /// The part of the budget that is spent, over 1 where it is exceeded; nil where nothing is
    /// limited.
    var shareSpent: Double? {
        guard epsilon > 0, epsilon.isFinite else { return nil }
        let spent = against == "observer" ? epsilonObserver : epsilonCoordinator
        return spent.isNaN ? nil : spent / epsilon
    }
}
