internal import CVectorKernels

/// The instruction sets that scans have code for.
package enum ScanTarget: Sendable, CaseIterable {
    /// Those that every processor of the architecture has.
    case portable
    /// AVX2 and F16C.
    case avx2
    /// AVX-512 with VNNI.
    case avx512
    /// NEON with dot products.
    case neon

    /// Whether this processor has the set, and this build code for it.
    package var isAvailable: Bool { covey_scan_has(code) != 0 }

    /// The fastest here.
    package static var best: ScanTarget {
        let code = covey_scan_best()
        return allCases.first { $0.code == code } ?? .portable
    }

    var code: covey_scan_target {
        switch self {
        case .portable: COVEY_SCAN_PORTABLE
        case .avx2: COVEY_SCAN_AVX2
        case .avx512: COVEY_SCAN_AVX512_VNNI
        case .neon: COVEY_SCAN_NEON_DOT
        }
    }
}
