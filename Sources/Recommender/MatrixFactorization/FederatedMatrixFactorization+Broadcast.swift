extension FederatedMatrixFactorization {
    /// The model as it is sent to every device of a cohort.
    public struct Broadcast: FederatedBroadcast {
        /// The item matrix, row-major.
        let items: [Float]
        /// The norm that a device clips its change to if the norm adapts.
        let clippingNorm: Double

        /// Four bytes for each value and eight for the norm.
        public var byteCount: Int { 4 * items.count + 8 }
    }
}
