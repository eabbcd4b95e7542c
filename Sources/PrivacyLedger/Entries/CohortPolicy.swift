public import DifferentialPrivacy
internal import Foundation

/// Which devices a round invites, and how many of them it can do without.
public struct CohortPolicy: Sendable, Hashable {
    /// The largest population, so that invitations can be counted.
    public static let largestPopulation = 1 << 30

    /// How the devices of a round are chosen.
    public enum Selection: Sendable, Hashable {
        /// Every device takes part in every round.
        case everyone
        /// The coordinator invites this many devices a round, each again only after all others: no
        /// sampling amplification is claimed against anybody.
        case rotation(size: Int)
        /// The coordinator invites this many of the devices that are there a round, each in at most so many
        /// rounds of the training: no sampling amplification is claimed against anybody.
        case limited(size: Int, participations: Int)
        /// Each device flips its own coin each round and takes part at this rate; observers of the
        /// models do not learn who did.
        case coins(rate: Double)
    }

    /// The number of devices that the coordinator invites to each round; nil where it fixes none.
    public var fixedSize: Int? {
        switch selection {
        case .rotation(let size), .limited(let size, _): size
        case .everyone, .coins: nil
        }
    }

    /// How the devices of a round are chosen.
    public var selection: Selection
    /// The largest share of the invited devices that may be lost before the sum is abandoned.
    public var toleratedDropout: Double
    /// The share of the invited devices that may collude with the coordinator: their noise is not
    /// counted on, and the secrets of the others survive their shares.
    public var colludingShare: Double

    /// Collects a policy.
    public init(selection: Selection, toleratedDropout: Double, colludingShare: Double) {
        self.selection = selection
        self.toleratedDropout = toleratedDropout
        self.colludingShare = colludingShare
    }

    /// The relation under which a training protects: a cohort of a size that the coordinator fixed is
    /// the same with a person's data or without; elsewhere the person may be absent altogether.
    public var neighbouring: NeighbouringRelation {
        switch selection {
        case .rotation, .limited: .zeroOutOne
        case .everyone, .coins: .addOrRemoveOne
        }
    }

    /// The number of devices that a round of a population invites; for coins, the fewest but for one
    /// chance in a million or so (mean less 5 standard deviations).
    public func fewestInvited(of population: Int) -> Int {
        switch selection {
        case .everyone: population
        case .rotation(let size), .limited(let size, _): size
        case .coins(let rate):
            Int((Self.mean(rate, population) - 5 * Self.deviation(rate, population)).rounded(.down))
        }
    }

    /// The most invitations that `rounds` rounds send out together; for coins, but for one chance in
    /// a thousand million (Bernstein's inequality).
    public func mostInvitations(in rounds: Int, population: Int) -> Int {
        switch selection {
        case .everyone: return population * rounds
        case .rotation(let size), .limited(let size, _): return size * rounds
        case .coins(let rate):
            let trials = population * rounds
            let exponent = log(1e9)
            let variance = Double(trials) * rate * (1 - rate)
            let excess =
                exponent / 3 + (exponent * exponent / 9 + 2 * exponent * variance).squareRoot()
            return min(trials, Int((Self.mean(rate, trials) + excess).rounded(.up)))
        }
    }

    /// The most rounds of `rounds` that one device takes part in; for coins, but for one chance in a
    /// million or so over the whole population (mean plus 6.5 standard deviations, plus 6).
    public func mostParticipations(in rounds: Int, population: Int) -> Int {
        switch selection {
        case .everyone: rounds
        case .rotation(let size): min(rounds, (rounds * size + population - 1) / population)
        case .limited(_, let participations): min(rounds, participations)
        case .coins(let rate):
            min(rounds, Int((Self.mean(rate, rounds) + 6.5 * Self.deviation(rate, rounds) + 6)))
        }
    }

    /// The number of devices in a sum below which nothing is revealed, of `invited`.
    public func minimumSurvivors(of invited: Int) -> Int {
        max(2, Int((Double(invited) * (1 - toleratedDropout) - 1e-9).rounded(.up)))
    }

    /// The number of devices whose noise is not counted on, of `invited`.
    public func colluding(of invited: Int) -> Int {
        Int((Double(invited) * colludingShare).rounded(.up))
    }

    private static func mean(_ rate: Double, _ trials: Int) -> Double { rate * Double(trials) }

    private static func deviation(_ rate: Double, _ trials: Int) -> Double {
        (rate * (1 - rate) * Double(trials)).squareRoot()
    }
}
