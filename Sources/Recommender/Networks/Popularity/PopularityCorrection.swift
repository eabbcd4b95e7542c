/// How a network's training and ranking tell taste from popularity.
///
/// Where what is told apart from interactions is drawn in proportion to popularity to the power of β, a
/// network learns the logarithm of how often a person turns to an item, less β times that of how often
/// people do (Levy and Goldberg, "Neural word embedding as implicit matrix factorization", NeurIPS 2014,
/// equation 7). Ranking adds γ times the latter again: with γ = β the likeliest items come first, with
/// less the less popular gain, and a person without a history gets what is popular.
package struct PopularityCorrection: Sendable, Hashable {
    /// How many private sums, before all training, ask for popularity: as many as it takes until each
    /// device had its turn.
    package var rounds: Int
    /// The share of the budget (of rho) that all of these spend, over 0 and under 1.
    package var budgetShare: Double
    /// β, from 0 to 1.
    package var negativeExponent: Float
    /// γ, from 0 to 2.
    package var weight: Float

    /// Collects settings.
    package init(
        rounds: Int = 1, budgetShare: Double = 0.05, negativeExponent: Float = 1, weight: Float = 1
    ) {
        precondition(rounds > 0 && budgetShare > 0 && budgetShare < 1)
        self.rounds = rounds
        self.budgetShare = budgetShare
        self.negativeExponent = negativeExponent
        self.weight = weight
    }

    /// The settings beside the number of rounds, as scenarios list them.
    package static var settings: [NetworkSetting<Self>] {
        [.number("popularityShare", \.budgetShare, 0.001...0.9)] + rankingSettings
    }

    /// Those of the settings that a device needs to rank.
    static var rankingSettings: [NetworkSetting<Self>] {
        [
            .number("negativeExponent", \.negativeExponent, 0...1),
            .number("popularityWeight", \.weight, 0...2),
        ]
    }
}
