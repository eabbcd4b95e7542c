/// The linear map A = P + K (I - P) that draws the embeddings of rare items towards what their
/// metadata say: P projects on the public features, and K keeps of the rest pop / (pop + s noise), the
/// less the rarer the item and the louder the noise.
struct MetadataSmoothing {
    let features: Matrix
    let kept: [Float]

    /// - Parameters:
    ///   - features: An orthonormal basis over the kept items.
    ///   - popularity: The noisy popularity of each kept item, above 0.
    ///   - noise: The standard deviation of the noise in each entry of what is smoothed.
    ///   - strength: The factor s.
    init(features: Matrix, popularity: [Float], noise: Double, strength: Double) {
        self.features = features
        kept = popularity.map { $0 / ($0 + Float(strength * noise)) }
    }

    /// A Z.
    func apply(to matrix: Matrix) -> Matrix {
        guard features.columns > 0 else { return scaleRows(of: matrix) }
        let projected = features.times(features.transposeTimes(matrix))
        var result = matrix
        for index in result.values.indices { result.values[index] -= projected.values[index] }
        result = scaleRows(of: result)
        for index in result.values.indices { result.values[index] += projected.values[index] }
        return result
    }

    /// A Z A for a symmetric Z.
    func applyBothSides(to matrix: Matrix) -> Matrix {
        let half = apply(to: apply(to: matrix).transpose)
        var result = half
        for i in 0..<half.rows {
            for j in 0..<half.columns { result[i, j] = (half[i, j] + half[j, i]) / 2 }
        }
        return result
    }

    private func scaleRows(of matrix: Matrix) -> Matrix {
        var result = matrix
        for row in 0..<matrix.rows {
            for column in 0..<matrix.columns { result[row, column] *= kept[row] }
        }
        return result
    }
}
