internal import Sodium

extension SeededRandomness {
    /// A number in 0 ..< `bound`, the same on every machine; its bias is below 2^-32.
    mutating func nextIndex(below bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// `count` distinct numbers in 0 ..< `bound` in random order, or all of them.
    mutating func draw(_ count: Int, below bound: Int) -> [Int] {
        var numbers = Array(0..<bound)
        let drawn = min(count, bound)
        for index in 0..<drawn {
            numbers.swapAt(index, index + nextIndex(below: bound - index))
        }
        return Array(numbers.prefix(drawn))
    }

    /// A nearly normal number, mean 0, variance 1: the sum of twelve uniform ones less six. Without
    /// logarithms, whose last bits differ between machines.
    mutating func nextNormal() -> Double {
        (0..<12).reduce(-6.0) { sum, _ in sum + Double(next() >> 11) * 0x1p-53 }
    }
}
