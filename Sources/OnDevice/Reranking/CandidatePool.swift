/// The candidates that can be ranked, and the scale of their scores.
struct CandidatePool {
    /// Those with a score in the range of `Float`, the first of each item.
    let candidates: [Candidate]
    /// Where each of them is in the caller's array.
    let positions: [Int]
    /// The standard deviation of the scores, over 0: the unit in which options weigh things against
    /// scores, so that the same options suit models of any scale.
    let spread: Double

    /// Leaves out scores that are NaN, infinite or beyond `Float`, and repeated items.
    init(_ all: [Candidate]) {
        let bound = Double(Float.greatestFiniteMagnitude)
        var items = Set<Int32>(minimumCapacity: all.count)
        let positions = all.indices.filter {
            abs(all[$0].score) <= bound && items.insert(all[$0].item).inserted
        }
        candidates = positions.count == all.count ? all : positions.map { all[$0] }
        self.positions = positions
        spread = Self.spread(of: candidates)
    }

    var count: Int { candidates.count }

    private static func spread(of candidates: [Candidate]) -> Double {
        var (sum, largest) = (0.0, 0.0)
        for candidate in candidates {
            sum += candidate.score
            largest = max(largest, abs(candidate.score))
        }
        guard largest > 0 else { return 1 }
        let mean = sum / Double(candidates.count)
        var squares = 0.0
        for candidate in candidates {
            squares += (candidate.score - mean) * (candidate.score - mean)
        }
        let deviation = (squares / Double(candidates.count)).squareRoot()
        // Scores that differ by rounding only are equal: then any scale gives the same order, and
        // one as large as the scores is not lost in their last bits.
        return deviation > 1e-9 * largest ? deviation : largest
    }
}

extension Double {
    /// The nearest number of the range; `notANumber` for NaN.
    func bounded(to range: ClosedRange<Double>, notANumber: Double) -> Double {
        guard !isNaN else { return notANumber }
        return Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}
