/// Guesses about the inclusion of some of the canaries of one run, and how many came true.
///
/// Abstaining elsewhere, "included" is guessed for the k canaries with the highest scores and
/// "excluded" for the k with the lowest. The number 2 k is fixed before any score is seen, which is
/// what the theorems ask for; that the thresholds then are order statistics of the scores is part
/// of the procedure (Steinke, Nasr and Jagielski 2023, arXiv 2305.08846, Algorithm 1).
public struct Guesses: Sendable, Hashable {
    /// The number of canaries of the run.
    public let canaries: Int
    /// The number of guesses.
    public let count: Int
    /// The number of guesses that came true.
    public let correct: Int

    /// Guesses that were counted elsewhere.
    ///
    /// - Precondition: 0 <= `correct` <= `count` <= `canaries`.
    public init(canaries: Int, count: Int, correct: Int) {
        precondition(0 <= correct && correct <= count && count <= canaries, "impossible counts")
        self.canaries = canaries
        self.count = count
        self.correct = correct
    }

    /// Guesses about a share of all canaries, half of them at either end of the scores.
    init(share: Double, of scores: CanaryScores) {
        let side = Int((share * Double(scores.count) / 2).rounded(.down))
        self.init(
            canaries: scores.count, count: 2 * side,
            correct: scores.inclusions.prefix(side).count { $0 }
                + scores.inclusions.suffix(side).count { !$0 })
    }

    /// The shares of canaries that are guessed, each at a third of the error probability.
    ///
    /// With 10,000 canaries of a Gaussian mechanism the first is the best from epsilon 1 to 8, with
    /// 1,000 the second, with 200 the third; more shares cost more than they find.
    static let shares = [0.05, 0.15, 0.45]
}
