internal import CVectorKernels

/// Norms of float vectors.
public enum VectorNorm {
    /// The sum of squares, in double precision; NaN or infinite where a value is.
    public static func squared(_ values: [Float]) -> Double {
        covey_squared_norm(values, values.count)
    }
}
