/// The mean of numbers and their squared deviations from it.
struct Moments {
    let count: Int
    private(set) var mean: Double
    /// The sum of squared deviations from the mean.
    private(set) var squares: Double
    /// What the sum of squares is divided by for the variance.
    private(set) var freedom: Double

    init(_ numbers: [Double]) {
        let mean = numbers.reduce(0, +) / Double(numbers.count)
        count = numbers.count
        squares = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        freedom = Double(numbers.count - 1)
        self.mean = mean
    }

    /// The same with a mean that is known.
    func around(_ known: Double) -> Moments {
        var result = self
        result.squares += Double(count) * (mean - known) * (mean - known)
        result.freedom = Double(count)
        result.mean = known
        return result
    }

    var deviation: Double { (squares / freedom).squareRoot() }
}
