extension [Int32] {
    /// Whether all lie from 0 up to but excluding `bound`, as C code needs it of row numbers. There is no way
    /// out in the middle, so that many are looked at at a time.
    func areAll(below bound: Int) -> Bool {
        isEmpty || reduce(0) { Swift.max($0, UInt32(bitPattern: $1)) } < Swift.min(bound, 1 << 31)
    }
}
