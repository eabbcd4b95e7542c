/// The means of all groups at a few hundred coordinates, which fit into the processor's nearest
/// memory while they are sorted and compared.
struct GroupBlock {
    /// The number of coordinates; behind the last one of a vector there are zeros.
    static let width = 512
    private static let lanes = 8
    private static let vectors = width / lanes

    private let groups: Int
    private var rows: [SIMD8<Float>]

    init(groups: Int) {
        self.groups = groups
        rows = [SIMD8<Float>](repeating: .zero, count: groups * Self.vectors)
    }

    /// Takes `scale` times the values of a group from coordinate `first` on.
    mutating func fill(_ group: Int, from values: [Float], at first: Int, scale: Float) {
        let start = group * Self.vectors
        if first + Self.width <= values.count {
            for vector in 0..<Self.vectors {
                let place = first + vector * Self.lanes
                rows[start + vector] =
                    scale
                    * SIMD8(
                        values[place], values[place + 1], values[place + 2], values[place + 3],
                        values[place + 4], values[place + 5], values[place + 6],
                        values[place + 7])
            }
            return
        }
        for vector in 0..<Self.vectors {
            for lane in 0..<Self.lanes {
                let place = first + vector * Self.lanes + lane
                rows[start + vector][lane] = place < values.count ? scale * values[place] : 0
            }
        }
    }

    /// The inner product of two groups over these coordinates.
    func product(_ one: Int, _ other: Int) -> Double {
        let (a, b) = (one * Self.vectors, other * Self.vectors)
        var even = SIMD8<Float>.zero
        var odd = even
        for vector in stride(from: 0, to: Self.vectors, by: 2) {
            even += rows[a + vector] * rows[b + vector]
            odd += rows[a + vector + 1] * rows[b + vector + 1]
        }
        return Double((even + odd).sum())
    }

    /// Puts the values of each coordinate in ascending order of groups, by a network that sorts.
    mutating func sort(by network: SortingNetwork) {
        for (low, high) in network.comparators {
            let (a, b) = (low * Self.vectors, high * Self.vectors)
            for vector in 0..<Self.vectors {
                let (x, y) = (rows[a + vector], rows[b + vector])
                let isSwapped = y .< x
                rows[a + vector] = x.replacing(with: y, where: isSwapped)
                rows[b + vector] = y.replacing(with: x, where: isSwapped)
            }
        }
    }

    /// Writes `factor` times the sum of some groups into `result`, from coordinate `first` on.
    func writeSum(of chosen: Range<Int>, factor: Float, to result: inout [Float], at first: Int) {
        for vector in 0..<Self.vectors {
            var sum = SIMD8<Float>.zero
            for group in chosen { sum += rows[group * Self.vectors + vector] }
            sum *= factor
            let place = first + vector * Self.lanes
            for lane in 0..<min(Self.lanes, max(0, result.count - place)) {
                result[place + lane] = sum[lane]
            }
        }
    }
}

/// A fixed sequence of comparisons that sorts any `count` values: the odd-even merge sort of Batcher,
/// "Sorting networks and their applications", AFIPS 1968, in the form of Knuth, TAOCP 3, algorithm
/// 5.2.2M.
struct SortingNetwork: Sendable {
    /// Pairs of places; the smaller value goes to the first.
    let comparators: [(low: Int, high: Int)]

    init(count: Int) {
        var comparators: [(low: Int, high: Int)] = []
        var top = 1
        while 2 * top < count { top *= 2 }
        var p = top
        while p > 0 {
            var (q, r, distance) = (top, 0, p)
            while true {
                for low in 0..<max(0, count - distance) where low & p == r {
                    comparators.append((low, low + distance))
                }
                guard q != p else { break }
                distance = q - p
                q /= 2
                r = p
            }
            p /= 2
        }
        self.comparators = comparators
    }
}
