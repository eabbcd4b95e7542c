internal import DifferentialPrivacy
internal import Foundation
public import SecureAggregation

/// Everything public about one private sum, fixed before the first device is asked: how vectors are
/// clipped, encoded and noised, and the modulus of the masked sum.
///
/// The distributed discrete Gaussian mechanism of Kairouz, Liu and Steinke (ICML 2021, algorithms 1
/// and 2). Each device clips to ``clippingNorm``, rotates, scales by 1 / ``granularity``, rounds, and
/// adds a discrete Gaussian of variance ``localVariance`` to every coordinate.
public struct PrivateSumPlan: Sendable, Hashable {
    /// The granularity is this share of clippingNorm / sqrt(paddedDimension): rounding then adds
    /// about a quarter of its square to the squared sensitivity.
    private static let roundingShare = 0.1
    /// The local standard deviation is at least this many ring units, so that a sum of discrete
    /// Gaussians is as good as one (tau is below 1e-60).
    private static let leastLocalDeviation = 4.0
    /// The probability that any coordinate of the sum wraps around the modulus, as a power of two.
    private static let wrapAroundExponent = -40.0

    /// The largest norm of a rounded vector, in ring units: below it, the error of a rotation in Float
    /// is too small for a vector to miss the bound at every rounding, and no integer overflows.
    private static let largestRoundedNorm = 0x1p22

    /// The number of coordinates that the caller sums.
    public let dimension: Int
    /// The number of coordinates on the wire, a power of two.
    public let paddedDimension: Int
    /// The largest L2 norm of a device's vector, in real units.
    public let clippingNorm: Double
    /// The real value of one ring unit.
    public let granularity: Double
    /// The variance of the noise that each device adds to each coordinate, in ring units squared.
    public let localVariance: Double
    /// The number of devices invited.
    public let cohortSize: Int
    /// The number of devices in the sum below which nothing is revealed.
    public let minimumSurvivors: Int
    /// The number of devices that may collude with the coordinator and leave their noise out.
    public let colluding: Int
    /// The b of Z_2^b, in bits.
    public let modulusBits: Int
    /// The squared norm, in ring units, above which a rounded vector is rounded anew.
    let largestRoundedSquare: Int64

    /// Plans a sum that spends at most `rho` of zero-concentrated differential privacy, even when
    /// only `minimumSurvivors` devices are left, `colluding` of them add no noise, and the person
    /// concerned is absent together with the noise of their device.
    ///
    /// - Throws: ``PrivateSumError`` where no modulus of up to 32 bits can hold the sum, or a
    ///   parameter is out of range.
    public init(
        dimension: Int, clippingNorm: Double, rho: Double, cohortSize: Int, minimumSurvivors: Int,
        colluding: Int
    ) throws(PrivateSumError) {
        guard (1...1 << 30).contains(dimension) else { throw .invalid("dimension", "\(dimension)") }
        // So that neither a norm nor a ring unit leaves the range of Float.
        guard (1e-30...1e30).contains(clippingNorm) else {
            throw .invalid("clipping norm", "\(clippingNorm)")
        }
        guard rho > 0, rho.isFinite else { throw .invalid("privacy budget rho", "\(rho)") }
        guard (2...AggregationParameters.largestCohort).contains(cohortSize),
            (2...cohortSize).contains(minimumSurvivors),
            (0..<minimumSurvivors - 1).contains(colluding)
        else {
            throw .invalid(
                "cohort",
                "\(cohortSize) devices, at least \(minimumSurvivors) left, \(colluding) colluding")
        }
        self.dimension = dimension
        self.clippingNorm = clippingNorm
        self.cohortSize = cohortSize
        self.minimumSurvivors = minimumSurvivors
        self.colluding = colluding
        var padded = 1
        while padded < dimension { padded *= 2 }
        paddedDimension = padded

        let noising = minimumSurvivors - colluding - 1
        let idealLocalDeviation = clippingNorm / (2 * rho * Double(noising)).squareRoot()
        granularity = min(
            Self.roundingShare * clippingNorm / Double(padded).squareRoot(),
            idealLocalDeviation / Self.leastLocalDeviation)
        let mechanism: DistributedDiscreteGaussian
        do {
            mechanism = try DistributedDiscreteGaussian(
                clippingNorm: clippingNorm, granularity: granularity, dimension: padded,
                localVariance: try DistributedDiscreteGaussian.smallestLocalVariance(
                    rho: rho, clippingNorm: clippingNorm, granularity: granularity,
                    dimension: padded, contributors: noising),
                contributors: noising)
        } catch { throw .invalid("noise", "\(error)") }
        localVariance = mechanism.localVariance
        let norm = mechanism.roundedNormBound
        guard norm < Self.largestRoundedNorm else {
            throw .invalid("privacy budget rho", "\(rho), which would take hardly any noise")
        }
        largestRoundedSquare = Int64((norm * norm).rounded(.down))
        modulusBits = Self.bits(
            clippingNorm: clippingNorm / granularity, dimension: Double(padded),
            localVariance: localVariance, cohortSize: Double(cohortSize))
        guard modulusBits <= 32 else {
            throw .modulusTooLarge(bits: modulusBits)
        }
    }

    /// The zero-concentrated differential privacy that a sum of `survivors` devices spends, with the
    /// noise of all but the colluding ones and the device concerned; valid both where one person's
    /// vector is replaced by zero and where the person is added or removed.
    public func rho(survivors: Int) throws -> Double {
        try DistributedDiscreteGaussian(
            clippingNorm: clippingNorm, granularity: granularity, dimension: paddedDimension,
            localVariance: localVariance, contributors: survivors - colluding - 1
        ).rho
    }

    /// The standard deviation of one coordinate of the decoded sum around the exact sum of the
    /// clipped vectors, in real units: the noise of every device, and the rounding at a variance of
    /// 1/6, that of a uniform fractional part.
    public func sumStandardDeviation(survivors: Int) -> Double {
        granularity * (Double(survivors) * (localVariance + 1.0 / 6)).squareRoot()
    }

    /// The size of one masked vector on the wire, in bytes.
    public var maskedVectorByteCount: Int { (paddedDimension * modulusBits + 7) / 8 }

    /// The parameters of the masked sum, under a fresh 32-byte `session` name.
    public func aggregationParameters(
        session: [UInt8], graph: GraphSecurity
    ) throws(AggregationError) -> AggregationParameters {
        try AggregationParameters(
            session: session, cohortSize: cohortSize, vectorLength: paddedDimension,
            modulusBits: modulusBits, graph: graph, minimumSurvivors: minimumSurvivors)
    }

    /// The bits that hold the sum. A rotated sum of clipped vectors is sub-Gaussian with variance
    /// (n c)^2 / d in each coordinate (random signs), the noise with variance n s^2, and rounding
    /// moves it by less than n; a union bound over the coordinates gives the largest magnitude.
    private static func bits(
        clippingNorm: Double, dimension: Double, localVariance: Double, cohortSize: Double
    ) -> Int {
        let signal = cohortSize * clippingNorm
        let variance = signal * signal / dimension + cohortSize * localVariance
        let exponent = log(2 * dimension) - wrapAroundExponent * log(2.0)
        let largest = cohortSize + (2 * variance * exponent).squareRoot()
        return Int(log2(2 * largest + 1).rounded(.up))
    }
}

/// Why a private sum cannot be planned, encoded or decoded.
public enum PrivateSumError: Error, Equatable, CustomStringConvertible {
    /// A parameter is out of range.
    case invalid(String, String)
    /// No ring of up to 32 bits holds the sum.
    case modulusTooLarge(bits: Int)
    /// A vector has another length than planned.
    case wrongDimension(expected: Int, actual: Int)
    /// A vector holds a NaN or an infinity.
    case notFinite

    /// The reason in one line.
    public var description: String {
        switch self {
        case .invalid(let what, let value): "a private sum cannot have this \(what): \(value)"
        case .modulusTooLarge(let bits):
            "the sum would need a modulus of \(bits) bits where 32 are the most; "
                + "use fewer devices, fewer coordinates or a larger budget"
        case .wrongDimension(let expected, let actual):
            "a vector of \(actual) coordinates was given where \(expected) are planned"
        case .notFinite: "a vector holds a NaN or an infinity"
        }
    }
}
