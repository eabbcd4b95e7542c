import Learning

/// Puts features into a fixed number of buckets by hashing: Weinberger et al., "Feature hashing for
/// large scale multitask learning", ICML 2009.
///
/// Which bucket a feature falls into never depends on what other features there are, so that a
/// device whose catalogue is a day older agrees with the others.
struct FeatureHash: Sendable, Hashable {
    /// The number of buckets.
    let buckets: Int

    init(buckets: Int) {
        precondition(buckets > 0)
        self.buckets = buckets
    }

    /// The bucket of a text, by FNV-1a: Fowler, Noll, Vo and Eastlake, RFC 9923, section 2.
    func callAsFunction(_ text: String) -> Int32 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return mixed(hash)
    }

    /// The bucket of two numbers together.
    func callAsFunction(_ first: Int32, _ second: Int32) -> Int32 {
        mixed(UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second)))
    }

    // The high bits of FNV-1a hardly differ between short texts, and buckets are taken from them.
    private func mixed(_ hash: UInt64) -> Int32 {
        var generator = SplitMix64(seed: hash)
        return Int32(truncatingIfNeeded: generator.next(below: buckets))
    }
}
