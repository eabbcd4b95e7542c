internal import CVectorKernels

/// The randomised Hadamard rotation and unbiased rounding of a private sum's encoding.
public enum Rotation {
    /// The unnormalised Walsh-Hadamard transform in place; applying it twice multiplies by the count.
    ///
    /// - Precondition: The count is a power of two.
    public static func hadamard(_ values: inout [Float]) {
        precondition(values.count.nonzeroBitCount == 1, "the count is not a power of two")
        values.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            covey_hadamard(base, values.count)
        }
    }

    /// Negates the values whose bit in `signs` (32 a word, least significant first) is set.
    public static func flipSigns(of values: inout [Float], by signs: [UInt32]) {
        precondition(signs.count * 32 >= values.count, "too few sign bits")
        values.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            covey_flip_signs(base, signs, values.count)
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
