extension FederatedMatrixFactorization {
    /// The model as it is sent to every device of a cohort.
    public struct Broadcast: Sendable {
        /// The item matrix, row-major.
        let items: [Float]
        /// The norm that a device clips its change to if the norm adapts.
        let clippingNorm: Double
    }
}
