internal import Sodium

extension RandomSource {
    /// A uniformly random number below `bound`, which is not 0: as many bits as the bound has,
    /// drawn again until they are below it.
    mutating func uniform(below bound: UInt64) -> UInt64 {
        if bound == 1 { return 0 }
        let shift = UInt64((bound - 1).leadingZeroBitCount)
        while true {
            let candidate = next() >> shift
            if candidate < bound { return candidate }
        }
    }

    /// A uniformly random number below `bound`, which is not 0.
    mutating func uniform(below bound: UInt128) -> UInt128 {
        if bound <= UInt128(UInt64.max) {
            return UInt128(uniform(below: UInt64(truncatingIfNeeded: bound)))
        }
        let shift = UInt128((bound - 1).leadingZeroBitCount)
        while true {
            let candidate = (UInt128(next()) << 64 | UInt128(next())) >> shift
            if candidate < bound { return candidate }
        }
    }
}
