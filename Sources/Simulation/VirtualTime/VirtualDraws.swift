internal import Sodium

/// Uniform, normal and exponential numbers of the virtual world, a stream for each device, day or
/// purpose: SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA
/// 2014) from a key that comes from the simulation's seed.
///
/// A stream costs two multiplications to begin and three for each number. ``Sodium/SeededRandomness``
/// hashes, allocates and fills 4 KiB to begin one, which is a thousand times as much, and a week of a
/// million devices begins tens of millions.
struct VirtualDraws: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// The stream under `key` of two numbers.
    init(key: UInt64, _ first: Int, _ second: Int = 0) {
        let mixed = Self.mix(key &+ UInt64(bitPattern: Int64(first)) &* 0x9e37_79b9_7f4a_7c15)
        state = Self.mix(mixed &+ UInt64(bitPattern: Int64(second)) &* 0xd1b5_4a32_d192_ed03)
    }

    /// The key of a purpose.
    static func key(seed: UInt64, _ purpose: String) -> UInt64 {
        var randomness = SeededRandomness(seed: seed, label: "virtual time", purpose)
        return randomness.next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        return Self.mix(state)
    }

    /// A uniform number in 0 ..< 1, a multiple of 2^-53.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A uniform number of a range.
    mutating func uniform(_ least: Double, _ most: Double) -> Double {
        least + unit() * (most - least)
    }

    /// A normal number of mean 0 and variance 1 (Marsaglia's polar method).
    mutating func normal() -> Double {
        while true {
            let x = 2 * unit() - 1
            let y = 2 * unit() - 1
            let square = x * x + y * y
            if square < 1, square > 0 {
                return x * (-2 * portableLog(square) / square).squareRoot()
            }
        }
    }

    /// An exponential number.
    mutating func exponential(mean: Double) -> Double { -mean * portableLog(1 - unit()) }

    /// A log-normal number with this median; `spread` is the standard deviation of its logarithm.
    mutating func logNormal(median: Double, spread: Double) -> Double {
        spread == 0 ? median : median * portableExp(spread * normal())
    }

    private static func mix(_ word: UInt64) -> UInt64 {
        var word = word
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}
