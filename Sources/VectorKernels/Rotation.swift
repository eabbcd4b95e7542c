internal import CVectorKernels

/// The randomised Hadamard rotation and unbiased rounding of a private sum's encoding.
public enum Rotation {
    /// The unnormalised Walsh-Hadamard transform of the values in `range`, in place; applying it
    /// twice multiplies by their count.
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

    /// Multiplies the values in `range` by `scale`, and by -1 where their bit in `signs` (32 a
    /// word, least significant first, from the start of the range) is set.
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

    /// Rounds `scale` times each value in `range` to a neighbouring integer, up with a probability
    /// equal to the fractional part (to 2^-24), and returns the sum of squares of the results.
    ///
    /// - Precondition: Every scaled value is finite and below 2^31 in magnitude.
    /// - Parameters:
    ///   - range: The values to round.
    ///   - random: 32 random bits for each value in the range, of which the upper 24 count.
    public static func roundRandomly(
        _ values: [Float], in range: Range<Int>, scale: Float, random: [UInt32],
        into rounded: inout [Int32]
    ) -> Int64 {
        precondition(random.count >= range.count && rounded.count == values.count)
        precondition(range.lowerBound >= 0 && range.upperBound <= values.count)
        return rounded.withUnsafeMutableBufferPointer { rounded in
            values.withUnsafeBufferPointer { values in
                guard let base = rounded.baseAddress, let from = values.baseAddress else {
                    return 0
                }
                return covey_round_randomly(
                    base + range.lowerBound, from + range.lowerBound, scale, random, range.count)
            }
        }
    }
}
