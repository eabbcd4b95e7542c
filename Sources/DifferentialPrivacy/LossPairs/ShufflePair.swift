internal import Foundation

extension AtomicPair {
    /// The shuffled reports of `users` people, each randomised with a local guarantee of
    /// `localEpsilon` (Feldman, McMillan and Talwar 2021, arXiv 2012.12803, Theorem 3.1): with
    /// C ~ Bin(users - 1, exp(-localEpsilon)), A ~ Bin(C, 1/2) and D ~ Bernoulli(e^l / (e^l + 1)),
    /// (A + D, C - A + 1 - D) against (A + 1 - D, C - A + D).
    ///
    /// Fewer clones hide less, so that counting C in blocks from their lower ends bounds the loss
    /// from above, and from their upper ends from below.
    init(shuffled users: Int, localEpsilon: Double, raising: Bool) {
        let others = users - 1
        let clone = exp(-localEpsilon)
        let keep = 1 / (1 + exp(-localEpsilon))
        let mean = Double(others) * clone
        let deviation = (mean * (1 - clone)).squareRoot()
        // Beyond 13 deviations and 60 there is less than 1e-36 (Bernstein).
        let first = max(0, Int(mean - 13 * deviation - 60))
        let last = min(others, Int(mean + 13 * deviation + 60))
        let block = max(1, (last - first + 1) / 256)
        var entries: [(loss: Double, mass: Double)] = []
        for start in stride(from: first, through: last, by: block) {
            let end = min(start + block - 1, last)
            var weight = 0.0
            for c in start...end {
                if clone < 1 {
                    weight += exp(logBinomial(c, trials: others, probability: clone))
                } else if c == others {
                    weight += 1
                }
            }
            let c = raising ? start : end
            // The first count a is A + D; the second is c + 1 - a.
            let half = Double(c) / 2
            let width = 13 * (Double(c) / 4).squareRoot() + 60
            for a in max(0, Int(half - width))...min(c + 1, Int(half + width) + 1) {
                func even(_ k: Int) -> Double {
                    guard k >= 0, k <= c else { return 0 }
                    return exp(logBinomial(k, trials: c, probability: 0.5))
                }
                let (own, other) = (even(a - 1), even(a))
                let p = keep * own + (1 - keep) * other
                let q = keep * other + (1 - keep) * own
                // own / other = a / (c + 1 - a), which the masses say less exactly.
                let (first, second) = (Double(a), Double(c + 1 - a))
                let loss = log(
                    (keep * first + (1 - keep) * second) / (keep * second + (1 - keep) * first))
                if p > 0, q > 0 { entries.append((loss, weight * p)) }
            }
        }
        entries.sort { $0.loss < $1.loss }
        self.init(
            losses: entries.map(\.loss), masses: entries.map(\.mass), infinite: raising ? 1e-34 : 0,
            isSymmetric: true)
    }
}
