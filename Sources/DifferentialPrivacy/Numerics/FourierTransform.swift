internal import Foundation

/// The discrete Fourier transform of a power of two of complex numbers: radix 2, decimation in
/// frequency on the way there and in time on the way back, so that nothing is reordered.
///
/// Between ``forward(_:_:)`` and ``inverse(_:_:)`` frequencies are in bit-reversed order. Each
/// factor of a stage comes from a table of correctly computed ones, so that rounding errors grow
/// with the logarithm of the size only.
struct FourierTransform {
    /// The number of points, a power of two.
    let count: Int
    private let cosines: [Double]
    private let sines: [Double]

    init(count: Int) {
        self.count = count
        let angles = (0..<max(count / 2, 1)).map { -2 * Double.pi * Double($0) / Double(count) }
        cosines = angles.map { cos($0) }
        sines = angles.map { sin($0) }
    }

    /// Replaces values by their transform, sum over x of value * exp(-2 pi i f x / count), with
    /// frequencies in bit-reversed order.
    func forward(_ real: inout [Double], _ imaginary: inout [Double]) {
        var half = count / 2
        while half >= 1 {
            let stride = count / (2 * half)
            butterflies(&real, &imaginary, half: half) { re, im, ce, se, a, b, k in
                let (c, s) = (ce[k * stride], se[k * stride])
                let (dr, di) = (re[a] - re[b], im[a] - im[b])
                re[a] += re[b]
                im[a] += im[b]
                re[b] = dr * c - di * s
                im[b] = dr * s + di * c
            }
            half /= 2
        }
    }

    /// Undoes ``forward(_:_:)``.
    func inverse(_ real: inout [Double], _ imaginary: inout [Double]) {
        var half = 1
        while half < count {
            let stride = count / (2 * half)
            butterflies(&real, &imaginary, half: half) { re, im, ce, se, a, b, k in
                let (c, s) = (ce[k * stride], -se[k * stride])
                let (tr, ti) = (re[b] * c - im[b] * s, re[b] * s + im[b] * c)
                re[b] = re[a] - tr
                im[b] = im[a] - ti
                re[a] += tr
                im[a] += ti
            }
            half *= 2
        }
        let scale = 1 / Double(count)
        for index in 0..<count {
            real[index] *= scale
            imaginary[index] *= scale
        }
    }

    /// Visits each pair (a, b) of a stage with the position k of its factor.
    @inline(__always)
    private func butterflies(
        _ real: inout [Double], _ imaginary: inout [Double], half: Int,
        _ body: (
            inout MutableSpan<Double>, inout MutableSpan<Double>, Span<Double>, Span<Double>, Int,
            Int, Int
        ) -> Void
    ) {
        var re = real.mutableSpan
        var im = imaginary.mutableSpan
        let (ce, se) = (cosines.span, sines.span)
        var start = 0
        while start < count {
            for k in 0..<half { body(&re, &im, ce, se, start + k, start + k + half, k) }
            start += 2 * half
        }
    }
}

/// The position of the opposite frequency after ``FourierTransform/forward(_:_:)``: every bit below
/// the highest one is flipped.
func oppositeFrequency(_ position: Int) -> Int {
    guard position > 1 else { return position }
    let highest = Int.bitWidth - 1 - position.leadingZeroBitCount
    return position ^ ((1 << highest) - 1)
}
