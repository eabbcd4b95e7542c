internal import SecureAggregation

extension ExcessNoise {
    /// The largest share by which a sum may have more noise than with the finest division, as far
    /// as ``mostUsedComponents`` allow.
    private static let toleratedExcess = 0.05
    /// Each component is one more draw for each coordinate.
    private static let mostUsedComponents = 4

    /// Divides the noise of a sum of which `excluded` devices do not count, with as few components
    /// as will do.
    ///
    /// With the whole cohort there, every device keeps its base units b, so that the target is b (n
    /// - e) units. The components must raise them to b (n - e) / (u - e) when only u devices are
    /// left; fewer components mean larger units, of which at most e too many are kept.
    ///
    /// - Throws: Where the tolerated loss asks for more than
    ///   ``SecureAggregation/ExcessNoise/mostComponents``.
    static func division(
        cohortSize: Int, minimumSurvivors: Int, excluded: Int
    ) throws(PrivateSumError) -> ExcessNoise {
        let (most, fewest) = (cohortSize - excluded, minimumSurvivors - excluded)
        for components in 0...mostComponents {
            let reserve = (1 << components) - 1
            // The largest b with b (n - e) <= (b + reserve) (u - e).
            let base = most == fewest ? 1 : reserve * fewest / (most - fewest)
            guard base >= 1,
                most == fewest || components >= mostUsedComponents
                    || Double(excluded) <= toleratedExcess * Double(base * most),
                let division = try? ExcessNoise(
                    componentCount: components, baseUnits: base, targetUnits: base * most,
                    excluded: excluded, cohortSize: cohortSize, minimumSurvivors: minimumSurvivors)
            else { continue }
            return division
        }
        throw .invalid(
            "tolerated loss", "\(cohortSize) devices of which \(minimumSurvivors) may be left")
    }
}
