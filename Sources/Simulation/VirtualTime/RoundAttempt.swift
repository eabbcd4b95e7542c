internal import FederatedProtocol

/// A round under way.
struct RoundAttempt: Sendable {
    /// A device of the cohort.
    struct Member: Sendable {
        let device: Int
        /// What it and its connection can do in this round; nil until it has joined.
        var ability: Ability?
        /// How many of the four steps of ``Fate`` it has answered.
        var steps = 0
        /// Whether it has answered the step under way.
        var hasAnswered = false
        /// Whether the step under way asks it for something.
        var isAsked = true
        /// Whether it takes no further part.
        var isGone = false
        /// Since when it waits for the next step.
        var waitsSince = 0.0
        /// Whether it is to endorse the set of survivors.
        var endorses = false
        /// Model versions between its download and this round.
        var staleness = 0
        /// What it has spent in this round.
        var cost = PhoneCost()
    }

    /// What a device can do in one round.
    struct Ability: Sendable {
        let capability: Capability
        /// How many times slower than usual it computes.
        let slowdown: Double
        /// The step in which it falls silent, counted from 0, and when in the course of it; nil for none.
        let crash: (step: Int, moment: Double)?
        /// What else is drawn for it.
        var draws: VirtualDraws
    }

    var members: [Member]
    /// The number of the attempt, from 0.
    let number: Int
    let began: Double
    /// The masked inputs that end the masking step.
    let goal: Int
    /// The stamp of the deadline of the step under way.
    var stamp: UInt32
    var step = RoundStep.advertising
    /// How many devices the coordinator waits for in this step, those that answered among them.
    var awaited: Int
    var answered = 0

    /// Whether the coordinator need not wait any longer.
    func isOver(quorum: Int) -> Bool {
        if answered >= awaited { return true }
        return switch step {
        case .masking: answered >= goal
        case .endorsing: answered >= quorum
        case .advertising, .sharing, .unmasking: false
        }
    }

    /// The devices whose masked inputs the round has.
    var masking: [Int] { members.lazy.filter { $0.steps >= 3 }.map(\.device) }
}

extension RoundStep {
    /// The step that follows; nil after the last.
    var next: RoundStep? {
        let all = RoundStep.allCases
        return all.firstIndex(of: self).flatMap { $0 + 1 < all.count ? all[$0 + 1] : nil }
    }

    /// The number of the step, from 0.
    var index: Int { (rawValue - 1) / 2 }
}
