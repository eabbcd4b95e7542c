extension AuditBound {
    /// How a bound is derived.
    public enum Method: String, Sendable, Hashable, Codable {
        /// The number of correct guesses in one run: ``OneRunBound``.
        case oneRun
        /// The same by way of trade-off curves: ``OneRunTradeOffBound``.
        case oneRunTradeOff
        /// The same against the curves of Gaussian mechanisms: ``OneRunTradeOffBound``.
        case oneRunGaussian
        /// The sizes of scores around 0: ``NormalShiftBound``.
        case normalShift
        /// The sizes of scores around an unknown number: ``NormalShiftBound``.
        case normalShiftEstimatedNull
        /// Rates of true and false positives: ``ThresholdBound``.
        case threshold
        /// Cosines of random canaries with a released vector: ``CanaryCosines``.
        case oneShotCosine

        /// What has to be true for the bound to hold; nil if nothing beyond fair and independent
        /// coin flips about the canaries.
        public var assumption: String? {
            switch self {
            case .oneRun, .oneRunTradeOff: nil
            case .oneRunGaussian: "the trade-off curve is that of a Gaussian mechanism (mu-GDP)"
            case .normalShift:
                """
                scores of included canaries are independent N(a, s^2), of excluded ones N(0, s^2): \
                the mean of the latter is known to be 0
                """
            case .normalShiftEstimatedNull:
                """
                scores of included canaries are independent N(b + a, s^2), of excluded ones \
                N(b, s^2)
                """
            case .threshold: "scores come from independent trials"
            case .oneShotCosine:
                """
                canaries are independent and uniformly random directions, cosines of those that \
                were included independent of each other
                """
            }
        }
    }
}
