public import DifferentialPrivacy
internal import Foundation
public import SecureAggregation
internal import Sodium

/// Everything public about one private sum, fixed before the first device is asked: how vectors are
/// compressed, clipped, encoded and noised, and the modulus of the masked sum.
///
/// The distributed discrete Gaussian mechanism of Kairouz, Liu and Steinke (ICML 2021, algorithms 1
/// and 2) or the Skellam mechanism of Agarwal, Kairouz and Liu (NeurIPS 2021). Each device clips to
/// ``clippingNorm``, rotates, scales by 1 / ``granularity``, rounds, and adds noise of
/// ``ExcessNoise/unitsPerDevice`` times ``unitVariance`` to every coordinate, of which the
/// coordinator removes what ``excessNoise`` says.
public struct PrivateSumPlan: Sendable, Hashable {
    /// The granularity is this share of clippingNorm / sqrt(d): rounding then adds about a quarter
    /// of its square to the squared sensitivity.
    private static let roundingShare = 0.1
    /// The least variance of a discrete Gaussian share, in ring units squared, so that a sum of
    /// shares is as good as one: tau is below 1e-27 for a million of them.
    private static let leastGaussianVariance = 8.0
    /// The least variance of a Skellam unit: rounding it up to a multiple of 2^-16 adds 0.1 % at
    /// most.
    private static let leastSkellamVariance = 0x1p-6
    /// Where noise is so wide that its tables would not do, the granularity may be this share:
    /// rounding then adds about a twentieth to the sensitivity.
    private static let largestRoundingShare = 0.5
    /// The probability that any coordinate of the sum wraps around the modulus, as a power of two.
    private static let wrapAroundExponent = -40.0
    /// The largest norm of a rounded vector, in ring units: below it, the error of a rotation in
    /// Float is too small for a vector to miss the bound at every rounding, and no integer
    /// overflows.
    private static let largestRoundedNorm = 0x1p20

    /// The number of coordinates that the caller sums.
    public let dimension: Int
    /// The number of coordinates after compression; nil where there is none.
    public let sketchWidth: Int?
    /// The largest L2 norm of a device's vector, after compression, in real units.
    public let clippingNorm: Double
    /// The real value of one ring unit.
    public let granularity: Double
    /// The family of the noise.
    public let noise: NoiseDistribution
    /// The variance of one unit of noise in each coordinate, in ring units squared.
    public let unitVariance: Double
    /// How many units each device adds, and how many stay in the sum.
    public let excessNoise: ExcessNoise
    /// The number of devices invited.
    public let cohortSize: Int
    /// The number of devices in the sum below which nothing is revealed.
    public let minimumSurvivors: Int
    /// The b of Z_2^b, in bits.
    public let modulusBits: Int

    /// Plans a sum that spends at most `rho` of zero-concentrated differential privacy with any
    /// number of devices from `minimumSurvivors` to `cohortSize`, even when `colluding` of them add
    /// no noise or subtract it, and the person concerned is absent together with the noise of their
    /// device.
    ///
    /// - Parameters:
    ///   - dimension: The number of coordinates, up to 2^30.
    ///   - sketchWidth: The number of buckets of a count sketch, below `dimension`; nil for none.
    ///   - clippingNorm: In real units, above 0.
    ///   - rho: What the sum may spend; with Skellam noise at integer orders.
    ///   - noise: The family; nil for the discrete Gaussian wherever each of its shares is wide
    ///     enough on the coarsest grid, and Skellam elsewhere.
    /// - Throws: ``PrivateSumError`` where no modulus of up to 32 bits can hold the sum, or a
    ///   parameter is out of range.
    public init(
        dimension: Int, sketchWidth: Int? = nil, clippingNorm: Double, rho: Double,
        cohortSize: Int, minimumSurvivors: Int, colluding: Int, noise: NoiseDistribution? = nil
    ) throws(PrivateSumError) {
        guard (1...1 << 30).contains(dimension) else { throw .invalid("dimension", "\(dimension)") }
        if let sketchWidth, !(1..<dimension).contains(sketchWidth) {
            throw .invalid("sketch width", "\(sketchWidth) for \(dimension) coordinates")
        }
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
        self.sketchWidth = sketchWidth
        self.clippingNorm = clippingNorm
        self.cohortSize = cohortSize
        self.minimumSurvivors = minimumSurvivors
        excessNoise = try ExcessNoise.division(
            cohortSize: cohortSize, minimumSurvivors: minimumSurvivors, excluded: colluding + 1)

        let encoded = sketchWidth ?? dimension
        let flat = clippingNorm / Double(encoded).squareRoot()
        let coarsest = Self.roundingShare * flat
        // The deviation of a unit, in real units, if nothing but the target counted.
        let unitDeviation =
            clippingNorm / (2 * rho * Double(excessNoise.targetUnits)).squareRoot()
        let isWide =
            unitDeviation * unitDeviation
            >= Self.leastGaussianVariance * coarsest * coarsest
        let family = noise ?? (isWide ? .discreteGaussian : .skellam)
        self.noise = family
        let leastVariance = Self.leastVariance(of: family)
        // The largest component must not be wider than tables reach (what is never removed is drawn
        // in pieces); rounding may take half as much again.
        let largestComponent = 1 << max(0, excessNoise.componentCount - 1)
        let largestUnit = NoiseDistribution.largestTabulatedVariance / Double(largestComponent)
        let finest = unitDeviation * (1.5 / largestUnit).squareRoot()
        granularity = max(finest, min(coarsest, unitDeviation / leastVariance.squareRoot()))
        guard granularity <= Self.largestRoundingShare * flat else {
            throw .invalid(
                "privacy budget rho",
                "\(rho) for \(dimension) coordinates, whose noise is wider than tables reach; use more "
                    + "devices, fewer coordinates or a larger budget")
        }
        let sensitivity = RoundedSensitivity(
            clippingNorm: clippingNorm, granularity: granularity, dimension: encoded)
        guard sensitivity.l2 < Self.largestRoundedNorm else {
            throw .invalid("privacy budget rho", "\(rho), which would take hardly any noise")
        }
        do {
            unitVariance = try DistributedNoise.smallestUnitVariance(
                rho: rho, distribution: family, sensitivity: sensitivity,
                shares: Self.shares(of: excessNoise, survivors: cohortSize), largest: largestUnit)
        } catch { throw .invalid("noise", "\(error)") }
        modulusBits = Self.bits(
            signal: Double(cohortSize) * clippingNorm / granularity, dimension: encoded,
            noiseVariance: unitVariance
                * Double(
                    excessNoise.targetUnits + excessNoise.excluded * excessNoise.unitsPerDevice),
            cohortSize: Double(cohortSize))
        guard modulusBits <= 32 else { throw .modulusTooLarge(bits: modulusBits) }
    }

    /// A plan as it was recorded, noise and modulus as they are.
    ///
    /// - Throws: ``PrivateSumError`` where a parameter is out of range.
    public init(
        dimension: Int, sketchWidth: Int?, clippingNorm: Double, granularity: Double,
        noise: NoiseDistribution, unitVariance: Double, excessNoise: ExcessNoise, cohortSize: Int,
        minimumSurvivors: Int, modulusBits: Int
    ) throws(PrivateSumError) {
        guard (1...1 << 30).contains(dimension),
            sketchWidth.map({ (1..<dimension).contains($0) }) ?? true
        else { throw .invalid("dimension", "\(dimension) in \(sketchWidth ?? dimension) buckets") }
        guard (1e-30...1e30).contains(clippingNorm) else {
            throw .invalid("clipping norm", "\(clippingNorm)")
        }
        let sensitivity = RoundedSensitivity(
            clippingNorm: clippingNorm, granularity: granularity,
            dimension: sketchWidth ?? dimension)
        guard granularity > 0, sensitivity.l2 < Self.largestRoundedNorm else {
            throw .invalid("granularity", "\(granularity)")
        }
        // What devices draw from tables: see the planned case.
        let largestComponent = Double(1 << max(0, excessNoise.componentCount - 1))
        let variances =
            Self.leastVariance(of: noise)...NoiseDistribution.largestTabulatedVariance
            / largestComponent
        guard variances.contains(unitVariance),
            (unitVariance * 0x1p16).rounded() == unitVariance * 0x1p16
        else { throw .invalid("unit variance", "\(unitVariance)") }
        guard (1...32).contains(modulusBits) else { throw .modulusTooLarge(bits: modulusBits) }
        guard (2...AggregationParameters.largestCohort).contains(cohortSize),
            (2...cohortSize).contains(minimumSurvivors), excessNoise.excluded >= 1
        else {
            throw .invalid("cohort", "\(cohortSize) devices, at least \(minimumSurvivors) left")
        }
        self.dimension = dimension
        self.sketchWidth = sketchWidth
        self.clippingNorm = clippingNorm
        self.granularity = granularity
        self.noise = noise
        self.unitVariance = unitVariance
        self.excessNoise = excessNoise
        self.cohortSize = cohortSize
        self.minimumSurvivors = minimumSurvivors
        self.modulusBits = modulusBits
    }

    /// The number of coordinates on the wire.
    public var encodedDimension: Int { sketchWidth ?? dimension }

    /// The number of devices whose noise does not count: those that collude, and the person
    /// concerned.
    public var colluding: Int { excessNoise.excluded - 1 }

    /// The variance of the noise that each device adds to each coordinate, in ring units squared.
    public var localVariance: Double { Double(excessNoise.unitsPerDevice) * unitVariance }

    /// The squared norm, in ring units, above which a rounded vector is rounded anew.
    var largestRoundedSquare: Int64 {
        let norm = sensitivity.l2
        return Int64((norm * norm).rounded(.down))
    }

    private var sensitivity: RoundedSensitivity {
        RoundedSensitivity(
            clippingNorm: clippingNorm, granularity: granularity, dimension: encodedDimension)
    }

    private static func leastVariance(of noise: NoiseDistribution) -> Double {
        switch noise {
        case .discreteGaussian: leastGaussianVariance
        case .skellam: leastSkellamVariance
        }
    }

    /// The honest noise shares in a sum: no more than there would be with every component kept, and
    /// none below a unit.
    private static func shares(
        of division: ExcessNoise, survivors: Int
    ) -> DistributedNoise.Shares {
        let units = division.honestUnits(survivors: survivors)
        let most = (survivors - division.excluded) * (1 + division.componentCount)
        return DistributedNoise.Shares(
            count: min(most, units), leastUnits: 1, totalUnits: units)
    }

    /// The noise that is left in a sum of `survivors` devices after its excess is removed, without
    /// that of the colluding ones and of the device concerned. What it costs holds both where one
    /// person's vector is replaced by zero and where the person is added or removed.
    public func achievedNoise(survivors: Int) -> DistributedNoise {
        DistributedNoise(
            distribution: noise, sensitivity: sensitivity, unitVariance: unitVariance,
            shares: Self.shares(of: excessNoise, survivors: survivors))
    }

    /// The standard deviation of one coordinate of the decoded sum around the exact sum of the
    /// clipped vectors, in real units: the noise that is left, and the rounding at a variance of
    /// 1/6 a device, that of a uniform fractional part. The error of a compression comes on top.
    public func sumStandardDeviation(survivors: Int) -> Double {
        let noise = Double(excessNoise.unitsInSum(survivors: survivors)) * unitVariance
        return granularity * (noise + Double(survivors) / 6).squareRoot()
    }

    /// The hash of the plan, 32 bytes: what a device agrees to, bound into every message of the
    /// sum.
    public var digest: [UInt8] {
        var hash = BLAKE2b(context: "covey private sum")
        for number in [
            dimension, encodedDimension, noise == .skellam ? 1 : 0, cohortSize, minimumSurvivors,
            modulusBits, excessNoise.componentCount, excessNoise.baseUnits, excessNoise.targetUnits,
            excessNoise.excluded,
        ] {
            hash.update(UInt64(number))
        }
        for value in [clippingNorm, granularity, unitVariance] { hash.update(value.bitPattern) }
        return hash.finalize()
    }

    /// Whether everything that this plan fixes about a masked sum is so in `parameters`.
    func isPlan(of parameters: AggregationParameters) -> Bool {
        parameters.purpose == digest && parameters.cohortSize == cohortSize
            && parameters.vectorLength == encodedDimension
            && parameters.modulusBits == modulusBits
            && parameters.minimumSurvivors == minimumSurvivors
            && parameters.excessNoise == excessNoise
    }

    /// The parameters of the masked sum.
    ///
    /// - Parameters:
    ///   - session: A fresh 32-byte name.
    ///   - round: The number of the round.
    ///   - rosterRoot: The root of the cohort's roster.
    ///   - graph: Degree and threshold.
    ///   - committee: Size and quorum.
    public func aggregationParameters(
        session: [UInt8], round: UInt64, rosterRoot: [UInt8], graph: GraphSecurity,
        committee: CommitteeSecurity
    ) throws(AggregationError) -> AggregationParameters {
        try AggregationParameters(
            session: session, round: round, rosterRoot: rosterRoot, purpose: digest,
            cohortSize: cohortSize, vectorLength: encodedDimension, modulusBits: modulusBits,
            graph: graph, committee: committee, minimumSurvivors: minimumSurvivors,
            excessNoise: excessNoise)
    }

    /// The bits that hold the sum. A rotated sum of clipped vectors is sub-Gaussian with variance
    /// (n c)^2 / p in each coordinate (random signs; p is the length of a pass of the rotation),
    /// the noise is sub-gamma with its variance and a scale of 1/3, as Skellam tails are the
    /// heavier ones, and rounding moves a coordinate by less than n; a union bound over the
    /// coordinates gives the largest magnitude.
    private static func bits(
        signal: Double, dimension: Int, noiseVariance: Double, cohortSize: Double
    ) -> Int {
        let passLength = Double(SessionRotation.passLength(dimension: dimension))
        let variance = signal * signal / passLength + noiseVariance
        let exponent = log(2 * Double(dimension)) - wrapAroundExponent * log(2.0)
        let largest = cohortSize + (2 * variance * exponent).squareRoot() + exponent / 3
        return Int(log2(2 * largest + 1).rounded(.up))
    }
}
