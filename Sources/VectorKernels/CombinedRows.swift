internal import CVectorKernels

/// Rows that are combinations of a few vectors, which take up less memory than what they come to.
public struct CombinedRows: Sendable {
    /// The number of rows.
    let count: Int
    /// The number of columns.
    let width: Int
    /// For each row the weights of all vectors, `COVEY_MOST_STEPS` numbers of which the first
    /// `vectorCount` count.
    let weights: [Float]
    /// The vectors, `stride` apart, padded with zeros.
    let vectors: [Float]
    /// `width` rounded up to a multiple of 16.
    let stride: Int
    let vectorCount: Int

    init(count: Int, width: Int, weights: [Float], vectors: [Float], stride: Int, vectorCount: Int)
    {
        precondition(
            (1...Int(COVEY_MOST_STEPS)).contains(vectorCount) && width <= stride
                && stride % 16 == 0 && stride <= Int(COVEY_MOST_DIMENSIONS)
                && weights.count >= count * Int(COVEY_MOST_STEPS)
                && vectors.count >= vectorCount * stride)
        self.count = count
        self.width = width
        self.weights = weights
        self.vectors = vectors
        self.stride = stride
        self.vectorCount = vectorCount
    }

    /// The rows one after the other, `count * width` values.
    package var values: [Float] {
        let size = count * width
        return [Float](unsafeUninitializedCapacity: size + stride - width) { target, initialized in
            covey_factorization_moves(
                target.baseAddress, width, weights, count, vectors, stride, vectorCount)
            initialized = size
        }
    }

    /// The squared L2 norm of all values.
    package var squaredNorm: Double {
        covey_factorization_norm(weights, count, vectors, stride, vectorCount)
    }
}
