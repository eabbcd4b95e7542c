internal import CVectorKernels

/// The randomised Hadamard rotation and unbiased rounding of a private sum's encoding.
public enum Rotation {
    /// The unnormalised Walsh-Hadamard transform of the values in `range`, in place; applying it twice
    /// multiplies by their count.
    ///
    /// - Precondition: The count of the range is a power of two.
    public static func hadamard(_ values: inout [Float], in range: Range<Int>) {
        precondition(range.count.nonzeroBitCount == 1, "the count is not a power of two")
        precondition(range.lowerBound >= 0 && range.upperBound <= values.count)
        values.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            covey_hadamard(base + range.lowerBound, range.count)
        }
    }

    /// Multiplies the values in `range` by `scale`, and by -1 where their bit in `signs` (32 a word, least
    /// significant first, from the start of the range) is set.
    public static func scale(
        _ values: inout [Float], in range: Range<Int>, by scale: Float, signs: [UInt32]
    ) {
        precondition(signs.count * 32 >= range.count, "too few sign bits")
        precondition(range.lowerBound >= 0 && range.upperBound <= values.count)
        values.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            covey_scale_signed(base + range.lowerBound, signs, scale, range.count)
        }
    }

    /// Rounds `scale * values` to a neighbouring integer each, up with a probability equal to the
    /// fractional part (to 2^-24), and returns the sum of squares of the results.
    ///
    /// - Precondition: Every scaled value is finite and below 2^31 in magnitude.
    public static func roundRandomly(
        _ values: [Float], scale: Float, random: [UInt32], into rounded: inout [Int32]
    ) -> Int64 {
        precondition(random.count >= values.count && rounded.count == values.count)
        return rounded.withUnsafeMutableBufferPointer { rounded in
            guard let base = rounded.baseAddress else { return 0 }
            return covey_round_randomly(base, values, scale, random, values.count)
        }
    }
}
