extension ReferenceCase {
    /// The relation of the case: replacing a user by a special record is blanking them.
    func relation() throws -> NeighbouringRelation {
        switch neighbouring {
        case "add_or_remove_one", "add_remove", "add_or_remove": .addOrRemoveOne
        case "replace_one": .replaceOne
        case "replace_special", "zero_out", "zero_out_one": .zeroOutOne
        default: throw ReferenceError.relation(neighbouring)
        }
    }

    /// The mechanism as an event; for a calibration, at a noise multiplier.
    func event(noiseMultiplier: Double? = nil) throws -> PrivacyEvent {
        func noise() throws -> Double {
            try noiseMultiplier ?? parameters.number("noise_multiplier")
        }
        func repeated(_ event: PrivacyEvent) throws -> PrivacyEvent {
            .repeated(
                event, count: parameters.contains("steps") ? try parameters.count("steps") : 1)
        }
        switch mechanism {
        case "gaussian_composition", "calibrate_gaussian", "gaussian_replace_one":
            return try repeated(.gaussian(noiseMultiplier: noise()))
        case "poisson_subsampled_gaussian", "calibrate_poisson_gaussian",
            "poisson_gaussian_replace_one":
            return try repeated(
                .poissonSampled(
                    rate: parameters.number("sampling_probability"),
                    .gaussian(noiseMultiplier: noise())))
        case "heterogeneous_poisson_gaussian":
            return .composed(try parameters.rounds("rounds").map(Self.round))
        case "fixed_size_without_replacement_gaussian":
            // The multiplier is relative to how far a replacement moves the sum.
            return try repeated(
                .fixedSizeSampled(
                    size: parameters.count("sample_size"),
                    population: parameters.count("dataset_size"), withReplacement: false,
                    noiseMultiplier: 2 * noise()))
        case "truncated_poisson_gaussian":
            return try repeated(
                .truncatedPoissonSampled(
                    rate: parameters.number("sampling_probability"),
                    population: parameters.count("dataset_size"),
                    largest: parameters.count("truncated_batch_size"), noiseMultiplier: noise()))
        case "laplace_composition":
            return try repeated(.laplace(noiseMultiplier: laplaceMultiplier()))
        case "poisson_subsampled_laplace":
            return try repeated(
                .poissonSampled(
                    rate: parameters.number("sampling_probability"),
                    .laplace(noiseMultiplier: laplaceMultiplier())))
        case "discrete_gaussian_composition":
            let deviation = try parameters.number("sigma")
            return try repeated(
                .discreteGaussian(
                    variance: deviation * deviation,
                    sensitivity: parameters.count("integer_sensitivity")))
        case "discrete_laplace":
            return try repeated(
                .discreteLaplace(
                    rate: parameters.number("noise_parameter"),
                    sensitivity: parameters.count("l1_sensitivity")))
        case "skellam":
            return try repeated(
                .skellam(
                    variance: parameters.number("variance_mu"),
                    l1: parameters.number("l1_sensitivity"),
                    l2: parameters.number("l2_sensitivity")))
        case "tree_aggregation_dpftrl":
            return .repeated(
                .correlated(
                    CorrelatedNoise(
                        strategy: .tree(rounds: try parameters.counts("step_counts")),
                        participation: .single, noiseMultiplier: try noise())),
                count: Int(try parameters.number("epochs", or: 1)))
        case "bandmf_cyclic_poisson":
            let bands = try parameters.count("bands")
            return .correlated(
                CorrelatedNoise(
                    strategy: .toeplitz(
                        coefficients: Array(repeating: 1, count: bands),
                        rounds: try parameters.count("steps")),
                    participation: .cyclicPoisson(
                        separation: bands,
                        rate: try parameters.number("sampling_probability_in_group")),
                    noiseMultiplier: try noise()))
        case "mixture_of_gaussians_user_level":
            let examples = try parameters.count("examples_per_user")
            return try repeated(
                .binomialContributions(
                    of: examples, rate: parameters.number("sampling_probability"),
                    noiseMultiplier: noise()))
        case "zcdp":
            return try repeated(
                .concentrated(
                    rho: parameters.number("rho"), xi: parameters.number("xi", or: 0),
                    neighbouring: relation()))
        case "randomized_response":
            return try repeated(
                .randomizedResponse(
                    noise: parameters.number("noise_parameter"),
                    buckets: parameters.count("num_buckets")))
        default: throw ReferenceError.mechanism(mechanism)
        }
    }

    private func laplaceMultiplier() throws -> Double {
        try parameters.number("scale") / parameters.number("l1_sensitivity")
    }

    private static func round(_ values: [String: Double]) throws -> PrivacyEvent {
        guard let noise = values["noise_multiplier"] else {
            throw ReferenceError.parameter("noise_multiplier")
        }
        guard let steps = Int(exactly: values["steps"] ?? 1) else {
            throw ReferenceError.parameter("steps")
        }
        return .repeated(
            .poissonSampled(
                rate: values["sampling_probability"] ?? 1, .gaussian(noiseMultiplier: noise)),
            count: steps)
    }
}
