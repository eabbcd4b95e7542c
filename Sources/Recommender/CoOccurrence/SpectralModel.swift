/// Item embeddings as a server knows them: orthonormal columns and the strength of each.
struct SpectralModel: Sendable {
    /// One row for each kept item, one column for each dimension.
    var embeddings: Matrix
    /// How much of each dimension is kept, from 0 to 1.
    var spectrum: [Float]

    /// Drops what is under the noise, shrinks the rest to what it would be without noise, and damps the
    /// weak: s' = sqrt(s^2 - edge^2), kept to s' / (s' + damping).
    ///
    /// - Parameters:
    ///   - vectors: Orthonormal columns.
    ///   - strengths: The singular value or eigenvalue of each column.
    ///   - edge: The largest that noise alone would give.
    ///   - damping: The strength that is halved.
    init(vectors: Matrix, strengths: [Float], edge: Float, damping: Float) {
        let shrunk = strengths.map { $0 > edge ? ($0 * $0 - edge * edge).squareRoot() : 0 }
        // Strengths come in descending order, so that those over the edge are the first.
        let kept = max(1, shrunk.prefix { $0 > 0 }.count)
        embeddings = vectors.prefix(columns: min(kept, vectors.columns))
        spectrum = shrunk.prefix(kept).map { $0 > 0 ? $0 / ($0 + damping) : 0 }
    }
}
