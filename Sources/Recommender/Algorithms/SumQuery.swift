package import VectorKernels

/// What one private sum asks of the devices.
public struct SumQuery: Sendable, Hashable {
    /// What is summed, as reports and the ledger call it: "popularity", "gradient".
    public var name: String
    /// The number of coordinates.
    public var dimension: Int
    /// The largest L2 norm of one device's contribution; longer ones are scaled down to it.
    public var clippingNorm: Double
    /// The share of the run's privacy budget (of rho, that is of squared signal to noise), over 0.
    public var budgetShare: Double
    /// The size of what the server sends to every device of the round, in bytes.
    public var broadcastByteCount: Int

    /// Describes one private sum.
    public init(
        name: String, dimension: Int, clippingNorm: Double, budgetShare: Double,
        broadcastByteCount: Int
    ) {
        self.name = name
        self.dimension = dimension
        self.clippingNorm = clippingNorm
        self.budgetShare = budgetShare
        self.broadcastByteCount = broadcastByteCount
    }
}

/// One device's contribution to a private sum: the rows that it touches of a matrix of `width`
/// columns, all others being zero. A coordinate vector is a matrix of width 1.
public struct Statistic: Sendable, Equatable {
    /// The row numbers, each at most once, in any order.
    public let rows: [Int32]
    /// The number of columns.
    public let width: Int
    private let content: Factorization.Changes
    private let knownSquaredNorm: Double?

    /// A contribution of the given rows, with its squared norm where that is known.
    public init(rows: [Int32], width: Int, values: [Float], squaredNorm: Double? = nil) {
        self.init(rows: rows, width: width, content: .values(values), squaredNorm: squaredNorm)
    }

    /// A contribution of the given rows, with its squared norm where that is known.
    package init(
        rows: [Int32], width: Int, content: Factorization.Changes, squaredNorm: Double? = nil
    ) {
        self.rows = rows
        self.width = width
        self.content = content
        knownSquaredNorm = squaredNorm
    }

    /// The touched rows one after the other, `rows.count * width` values. They may be made here: ask once.
    public var values: [Float] {
        switch content {
        case .values(let values): values
        case .combined(let rows): rows.values
        }
    }

    /// Adds `scale` times this to a sum, in which no value is then larger than a unit.
    package func addShort(to sum: inout FixedPointSum, scale: Double) {
        switch content {
        case .values(let values):
            sum.addShort(rows: rows, width: width, values: values, scale: scale)
        case .combined(let combined): sum.addShort(rows: rows, combined: combined, scale: scale)
        }
    }

    /// A contribution to every coordinate.
    public init(dense values: [Float]) {
        self.init(rows: [0], width: values.count, values: values)
    }

    /// Whether rows, width and values are the same, known norm or not.
    public static func == (left: Self, right: Self) -> Bool {
        left.rows == right.rows && left.width == right.width && left.values == right.values
    }

    /// The squared L2 norm.
    public var squaredNorm: Double { knownSquaredNorm ?? VectorNorm.squared(values) }
}

/// What the server learns of a round: the sum of the contributions plus noise.
public struct NoisySum: Sendable {
    /// The estimate of the sum, `dimension` coordinates.
    public var values: [Float]
    /// The standard deviation of the noise in each coordinate, rounding included; 0 without privacy.
    public var noiseStandardDeviation: Double
    /// How many devices are in the sum.
    public var contributors: Int

    /// Describes a decoded sum.
    public init(values: [Float], noiseStandardDeviation: Double, contributors: Int) {
        self.values = values
        self.noiseStandardDeviation = noiseStandardDeviation
        self.contributors = contributors
    }
}
