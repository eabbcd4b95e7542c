internal import Foundation

extension LossQuadrature {
    /// E exp(itL) - 1 under the tilt for t = 0, `spacing`, 2 `spacing`, ..., the real and the
    /// imaginary part. Turns by one spacing are multiplied up, each from the one before within a
    /// block, and from block to block; every 32 blocks begin anew.
    func characteristic(nodes: Int, spacing: Double) -> (real: [Double], imaginary: [Double]) {
        let blocks = (nodes + 7) / 8
        var real = [SIMD8<Double>](repeating: .zero, count: blocks)
        var imaginary = real
        do {
            var re = real.mutableSpan
            var im = imaginary.mutableSpan
            for index in losses.indices {
                let weight = weights[index]
                guard weight > 1e-25 else { continue }
                let angle = losses[index] * spacing
                let single = Turn(by: angle)
                var turn = Turn(cosine: 0, sine: 0)
                var (cosines, sines) = (SIMD8<Double>.zero, SIMD8<Double>.zero)
                for lane in 1..<8 {
                    turn = turn.times(single)
                    cosines[lane] = turn.cosine
                    sines[lane] = turn.sine
                }
                turn = turn.times(single)
                var position = Turn(cosine: 0, sine: 0)
                for block in 0..<blocks {
                    if block % 32 == 0 { position = Turn(by: Double(8 * block) * angle) }
                    // (1 + c)(1 + c') - s s' - 1, and the sine of the sum.
                    let (c, s) = (position.cosine, position.sine)
                    re[block] += weight * (c + cosines * (1 + c) - s * sines)
                    im[block] += weight * (s + sines * (1 + c) + s * cosines)
                    position = position.times(turn)
                }
            }
        }
        return (
            real.flatMap { block in block.indices.map { block[$0] } },
            imaginary.flatMap { block in block.indices.map { block[$0] } }
        )
    }
}

/// exp(ix) as cos x - 1 and sin x, which is exact where x is small.
private struct Turn {
    var cosine: Double
    var sine: Double

    init(cosine: Double, sine: Double) {
        self.cosine = cosine
        self.sine = sine
    }

    init(by angle: Double) {
        let half = sin(angle / 2)
        cosine = -2 * half * half
        sine = 2 * half * cos(angle / 2)
    }

    func times(_ other: Turn) -> Turn {
        Turn(
            cosine: cosine + other.cosine + cosine * other.cosine - sine * other.sine,
            sine: sine + other.sine + sine * other.cosine + cosine * other.sine)
    }
}
