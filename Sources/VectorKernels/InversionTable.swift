internal import CVectorKernels

/// Tables from which samples of a symmetric distribution over the integers are drawn by inversion.
public struct InversionTable: Sendable {
    /// The boundaries between magnitudes: a uniform number below `thresholds[m]` has a magnitude of
    /// at most m. The last one is all ones.
    public let thresholds: [UInt32]
    /// For each value of the highest bits of a word, the smallest magnitude that it may lead to.
    public let guide: [UInt16]
    /// How far a word is shifted to give an index of `guide`.
    public let guideShift: UInt32
    /// How far a word is shifted to give the uniform number.
    public let uniformShift: UInt32

    /// Collects tables.
    ///
    /// - Precondition: The guide has an entry for every word, each an index of `thresholds`, and no
    ///   uniform number is above the last threshold.
    public init(
        thresholds: [UInt32], guide: [UInt16], guideShift: UInt32, uniformShift: UInt32
    ) {
        precondition(guide.count == 1 << (32 - guideShift))
        precondition(guide.allSatisfy { Int($0) < thresholds.count })
        precondition(thresholds.last == .max >> uniformShift)
        self.thresholds = thresholds
        self.guide = guide
        self.guideShift = guideShift
        self.uniformShift = uniformShift
    }

    /// Draws a sample from each of `words` into `samples`, from `offset` on.
    ///
    /// - Returns: The indices of the words whose samples are not decided by one step from the
    ///   guide: those that equal a boundary, and a few others.
    public func sample(
        _ words: [UInt32], into samples: inout [Int32], at offset: Int
    ) -> [UInt32] {
        precondition(offset >= 0 && offset + words.count <= samples.count, "outside the samples")
        return [UInt32](unsafeUninitializedCapacity: words.count + 1) { undecided, initialized in
            samples.withUnsafeMutableBufferPointer { samples in
                guard let base = samples.baseAddress, let open = undecided.baseAddress else {
                    return
                }
                initialized = covey_sample_by_inversion(
                    base + offset, open, words, words.count, guide, guideShift, thresholds,
                    uniformShift)
            }
        }
    }
}
