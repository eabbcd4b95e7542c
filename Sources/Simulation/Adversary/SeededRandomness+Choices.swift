internal import Sodium

extension SeededRandomness {
    /// `count` distinct numbers in 0 ..< `bound` in random order, or all of them.
    mutating func draw(_ count: Int, below bound: Int) -> [Int] {
        var numbers = Array(0..<bound)
        let drawn = min(count, bound)
        for index in 0..<drawn {
            numbers.swapAt(index, index + nextIndex(below: bound - index))
        }
        return Array(numbers.prefix(drawn))
    }
}
