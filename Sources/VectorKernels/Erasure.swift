internal import CVectorKernels

extension Array where Element: FixedWidthInteger {
    /// Overwrites the elements with zeros, also where nobody reads them; for what must not stay in
    /// memory.
    package mutating func erase() {
        withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            covey_erase(base, bytes.count)
        }
    }
}
