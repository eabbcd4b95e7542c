/// Which noise is taken off a sum once its survivors are known, so that it has exactly the noise it
/// needs whoever was lost (the XNoise scheme of Dordis, Jiang et al., EuroSys 2024).
///
/// Noise is counted in units of variance. Every device adds `baseUnits` that stay for ever and one
/// component of 2^j units for each j below `componentCount`, each expanded from a seed of its own
/// that is shared among its neighbours. For the s devices in a sum, the honest ones among them must
/// keep `targetUnits` together: of them `excluded` may be corrupt, or are the person concerned. The
/// first `extra` survivors keep one unit more than the others, so that the target is met exactly;
/// the seeds of what nobody keeps are revealed.
///
/// Where Dordis takes a component for each lost device, or powers of two with a rest of up to one
/// unit a device, the uneven division leaves no rest with any number of components.
public struct ExcessNoise: Sendable, Hashable {
    /// No removable noise: devices share no noise seeds.
    public static let none = ExcessNoise(uncheckedComponents: 0)
    /// The most components.
    public static let mostComponents = 8

    /// The number of removable components of a device.
    public let componentCount: Int
    /// The units of a device that are never removed.
    public let baseUnits: Int
    /// The units that the honest devices of every sum keep together.
    public let targetUnits: Int
    /// The number of devices whose noise does not count.
    public let excluded: Int

    /// Describes a division of the noise.
    ///
    /// - Throws: ``AggregationError/invalidParameters(_:)`` where the components cannot serve a sum
    ///   of `minimumSurvivors` to `cohortSize` devices.
    public init(
        componentCount: Int, baseUnits: Int, targetUnits: Int, excluded: Int, cohortSize: Int,
        minimumSurvivors: Int
    ) throws(AggregationError) {
        self.componentCount = componentCount
        self.baseUnits = baseUnits
        self.targetUnits = targetUnits
        self.excluded = excluded
        guard serves(cohortSize: cohortSize, minimumSurvivors: minimumSurvivors) else {
            throw .invalidParameters(
                "\(componentCount) components on \(baseUnits) units cannot keep \(targetUnits) units "
                    + "in sums of \(minimumSurvivors) to \(cohortSize) devices, \(excluded) not "
                    + "counted")
        }
    }

    /// Whether sums of `minimumSurvivors` to `cohortSize` devices can keep the target with these
    /// components.
    func serves(cohortSize: Int, minimumSurvivors: Int) -> Bool {
        guard (0...Self.mostComponents).contains(componentCount), (1...1 << 24).contains(baseUnits),
            excluded >= 0, excluded < minimumSurvivors, minimumSurvivors <= cohortSize,
            cohortSize <= AggregationParameters.largestCohort
        else { return false }
        return targetUnits >= (cohortSize - excluded) * baseUnits
            && targetUnits <= (minimumSurvivors - excluded) * unitsPerDevice
    }

    private init(uncheckedComponents: Int) {
        componentCount = uncheckedComponents
        baseUnits = 1
        targetUnits = 0
        excluded = 0
    }

    /// The units that a device adds in all.
    public var unitsPerDevice: Int { baseUnits + (1 << componentCount) - 1 }

    /// How many units survivors keep: all of them `units`, and the first `extra` one more.
    public func kept(survivors: Int) -> (units: Int, extra: Int) {
        let counted = survivors - excluded
        guard componentCount > 0, counted > 0 else { return (unitsPerDevice, 0) }
        let units = min(max(baseUnits, targetUnits / counted), unitsPerDevice)
        let missing = targetUnits - units * counted
        let hasMore = missing > 0 && units < unitsPerDevice
        return (units, hasMore ? min(missing + excluded, survivors) : 0)
    }

    /// The components that the survivor of rank `rank` keeps, as a mask with bit j for component j.
    public func keptComponents(rank: Int, survivors: Int) -> Int {
        let (units, extra) = kept(survivors: survivors)
        return units - baseUnits + (rank < extra ? 1 : 0)
    }

    /// The components whose seeds are revealed, in ascending order.
    public func removedComponents(rank: Int, survivors: Int) -> [Int] {
        let kept = keptComponents(rank: rank, survivors: survivors)
        return (0..<componentCount).filter { kept >> $0 & 1 == 0 }
    }

    /// The units left in a sum of `survivors`, those of uncounted devices included.
    public func unitsInSum(survivors: Int) -> Int {
        let (units, extra) = kept(survivors: survivors)
        return survivors * units + extra
    }

    /// The units that honest devices keep in a sum, whichever `excluded` of the survivors do not
    /// count.
    public func honestUnits(survivors: Int) -> Int {
        let (units, extra) = kept(survivors: survivors)
        return (survivors - excluded) * units + max(0, extra - excluded)
    }
}
