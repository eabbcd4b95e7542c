/// Numbers that are the same on every machine, which the standard library does not promise.
extension SeededRandomness {
    /// A uniform number in 0 ..< 1, a multiple of 2^-53.
    package mutating func nextUnit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A uniform integer in 0 ..< bound; the bound's bias is below 2^-32 for what is drawn here.
    package mutating func nextIndex(below bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A nearly normal number, mean 0, variance 1: twelve uniforms' sum less six (Irwin-Hall). Without
    /// logarithms, whose last bits differ between machines.
    package mutating func nextNormal() -> Double {
        var sum = -6.0
        for _ in 0..<12 { sum += nextUnit() }
        return sum
    }
}
