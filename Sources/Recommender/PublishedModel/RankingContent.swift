internal import Foundation

/// What a device needs of a trained model to rank with it: one row and one prior for each item, and
/// the rule. By a rule in closed form a score is prior + user embedding · row.
public struct RankingContent: Sendable {
    /// The number of columns of a row.
    public var dimensions: Int
    /// The rows of all items of the catalogue, row-major; zeros where training gave none.
    public var rows: [Float]
    /// What each item scores before anything is known of the person.
    public var priors: [Float]
    /// How a history becomes scores.
    public var rule: RankingRule

    /// Collects what a device needs.
    public init(dimensions: Int, rows: [Float], priors: [Float], rule: RankingRule) {
        precondition(rows.count == priors.count * dimensions)
        self.dimensions = dimensions
        self.rows = rows
        self.priors = priors
        self.rule = rule
    }

    /// The number of items.
    public var itemCount: Int { priors.count }
}

/// How a device ranks for its own history: by rows and a user embedding in closed form, or by a network.
public enum RankingRule: Sendable, Hashable {
    /// A sum over the history's items, newer events weighing more: for co-occurrence embeddings.
    case recency(RecencyRule)
    /// The ridge regression of the history's events on the item rows: for factor models.
    case ridge(RidgeRule)
    /// A network scores the items; rows say only which items are alike.
    case network(NetworkRule)

    /// What the row of an item is multiplied by where it stands for a piece of history.
    func historyScale(of item: Int) -> Double {
        if case .recency(let rule) = self { Double(rule.itemScales[item]) } else { 1 }
    }
}

/// u = s / sqrt(sᵀ C s) with s = sum over events of weight(age) · scale(item) · (spectrum ∘ row(item)):
/// affinities to the catalogue's items have a standard deviation of 1 for everybody.
public struct RecencyRule: Sendable, Hashable {
    /// How the weight of an event falls with its age.
    public var weights: RecencyWeights
    /// What each coordinate of a history item is multiplied by.
    public var spectrum: [Float]
    /// What each history item is multiplied by, one for each item of the catalogue.
    public var itemScales: [Float]
    /// C: the covariance of the rows that training gave, row-major.
    public var covariance: [Float]

    /// Collects the rule.
    public init(
        weights: RecencyWeights, spectrum: [Float], itemScales: [Float], covariance: [Float]
    ) {
        self.weights = weights
        self.spectrum = spectrum
        self.itemScales = itemScales
        self.covariance = covariance
    }
}

/// The weight of an event by its age, the number of events after it:
/// exp(-age / decay) + slowWeight · exp(-age / slowDecay).
public struct RecencyWeights: Sendable, Hashable, Codable {
    /// After how many events the weight of an event has fallen to 1/e.
    public var decay: Double
    /// The weight of the slow component of the history beside the recent one.
    public var slowWeight: Double
    /// After how many events the slow weight has fallen to 1/e.
    public var slowDecay: Double

    /// Collects settings.
    public init(decay: Double = 3, slowWeight: Double = 0.05, slowDecay: Double = 100) {
        self.decay = decay
        self.slowWeight = slowWeight
        self.slowDecay = slowDecay
    }

    /// The weight at an age of 0 or more.
    public func callAsFunction(age: Double) -> Double {
        exp(-age / decay) + slowWeight * exp(-age / slowDecay)
    }
}

/// u = (lambda I + w0 G + Σ c x xᵀ)⁻¹ Σ c t x over events with rows x, confidences c and targets t, 1 or
/// -1: Hu, Koren and Volinsky, "Collaborative filtering for implicit feedback datasets", ICDM 2008,
/// equation 4, with every item at weight w0 and target 0 through the Gram matrix G.
public struct RidgeRule: Sendable, Hashable {
    /// lambda.
    public var regularization: Double
    /// w0.
    public var unobservedWeight: Double
    /// After how many events the confidence of an event has fallen to 1/e.
    public var decay: Double
    /// What the user embedding is multiplied by, so that it meets the priors on their own scale.
    public var scale: Double
    /// G: Σ x xᵀ over all items, row-major.
    public var gram: [Float]

    /// Collects the rule.
    public init(
        regularization: Double, unobservedWeight: Double, decay: Double, scale: Double,
        gram: [Float]
    ) {
        self.regularization = regularization
        self.unobservedWeight = unobservedWeight
        self.decay = decay
        self.scale = scale
        self.gram = gram
    }
}
