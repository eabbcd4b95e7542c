/// Random numbers for tests, the same ones for the same seed (SplitMix64).
struct SeededNumbers {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// A number from 0 to `bound` - 1.
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// About standard normal: a sum of twelve uniform numbers.
    mutating func normal() -> Float {
        var sum: Float = -6
        for _ in 0..<3 {
            let bits = next()
            for shift in stride(from: 0, to: 64, by: 16) {
                sum += Float(bits >> shift & 0xffff) * 0x1p-16
            }
        }
        return sum
    }
}
