extension FederatedMatrixFactorization {
    /// What a device minimises.
    public enum Loss: String, Sendable, Hashable, Codable, CaseIterable {
        /// Cross-entropy of each item's sigmoid: He et al., "Neural collaborative filtering", WWW
        /// 2017, equation 7.
        case binaryCrossEntropy
        /// Cross-entropy of the softmax over an item and its negatives: Jean et al., "On using very
        /// large target vocabulary for neural machine translation", ACL 2015, section 3, with a
        /// uniform proposal.
        case sampledSoftmax
    }

    /// The settings of a training run.
    public struct Configuration: Sendable, Hashable, Codable {
        /// The length of user and item vectors, at most 511.
        public var dimensions: Int
        /// Whether each item has a bias, one more coordinate of its row.
        public var itemBias: Bool
        /// How many rounds the run is planned for; the algorithm itself does not use it.
        public var rounds: Int
        /// How often a device goes through its history in a round.
        public var localEpochs: Int
        /// How often a device first goes through its history to fit its user vector alone.
        public var userEpochs: Int
        /// How often a device goes through a history to fit the user vector before ranking.
        public var rankingEpochs: Int
        /// Interactions in a mini-batch.
        public var batchSize: Int
        /// Items drawn against each interaction.
        public var negatives: Int
        /// What a device minimises, summed over a batch.
        public var loss: Loss
        /// The learning rate of item rows on the device.
        public var deviceLearningRate: Float
        /// The learning rate of the user vector on the device.
        public var userLearningRate: Float
        /// The weight of half the squared norm of the user vector, once a batch.
        public var userDecay: Float
        /// The learning rate of the server's Adam.
        public var serverLearningRate: Float
        /// The decay of Adam's first moment.
        public var beta1: Float
        /// The decay of Adam's second moment.
        public var beta2: Float
        /// Adam's degree of adaptivity, tau in Reddi et al.
        public var epsilon: Float
        /// The norm that a device's change is clipped to; the first one if it adapts.
        public var clippingNorm: Double
        /// How the clipping norm adapts; nil if it stays.
        public var adaptiveClipping: AdaptiveClipping?
        /// The standard deviation of starting coordinates.
        public var initialScale: Float
        /// The seed of the starting item vectors and of ranking.
        public var seed: UInt64

        /// Settings that train well without privacy on MovieLens-1M unless told otherwise.
        public init(
            dimensions: Int = 32, itemBias: Bool = true, rounds: Int = 75, localEpochs: Int = 1,
            userEpochs: Int = 1, rankingEpochs: Int = 10, batchSize: Int = 64, negatives: Int = 4,
            loss: Loss = .sampledSoftmax, deviceLearningRate: Float = 0.1,
            userLearningRate: Float = 0.02, userDecay: Float = 0.1,
            serverLearningRate: Float = 0.02, beta1: Float = 0.9, beta2: Float = 0.99,
            epsilon: Float = 1e-4, clippingNorm: Double = 1,
            adaptiveClipping: AdaptiveClipping? = nil,
            initialScale: Float = 0.1, seed: UInt64 = 0
        ) {
            self.dimensions = dimensions
            self.itemBias = itemBias
            self.rounds = rounds
            self.localEpochs = localEpochs
            self.userEpochs = userEpochs
            self.rankingEpochs = rankingEpochs
            self.batchSize = batchSize
            self.negatives = negatives
            self.loss = loss
            self.deviceLearningRate = deviceLearningRate
            self.userLearningRate = userLearningRate
            self.userDecay = userDecay
            self.serverLearningRate = serverLearningRate
            self.beta1 = beta1
            self.beta2 = beta2
            self.epsilon = epsilon
            self.clippingNorm = clippingNorm
            self.adaptiveClipping = adaptiveClipping
            self.initialScale = initialScale
            self.seed = seed
        }

        /// The columns of the item matrix.
        public var width: Int { dimensions + (itemBias ? 1 : 0) }
    }
}
