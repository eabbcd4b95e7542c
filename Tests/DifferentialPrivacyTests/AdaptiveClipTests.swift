import DifferentialPrivacy
import Foundation
import Testing

@Suite struct AdaptiveClipTests {
    @Test func `an update is geometric in the distance from the target`() throws {
        var clip = try AdaptiveClip(clippingNorm: 2, smallest: 0.01, largest: 100)
        try clip.update(unclippedShare: 0.8)
        #expect(abs(clip.clippingNorm - 2 * exp(-0.2 * 0.3)) < 1e-15)
        try clip.update(unclippedShare: 0.5)
        #expect(abs(clip.clippingNorm - 2 * exp(-0.2 * 0.3)) < 1e-15)
    }

    @Test func `the norm settles at the target quantile`() throws {
        // Norms spread evenly over 0 to 1: the share within a norm is that norm.
        var clip = try AdaptiveClip(
            clippingNorm: 50, targetQuantile: 0.7, smallest: 1e-3, largest: 100)
        for _ in 0..<300 { try clip.update(unclippedShare: min(1, clip.clippingNorm)) }
        #expect(abs(clip.clippingNorm - 0.7) < 1e-6)
    }

    @Test func `the norm stays within its bounds, whatever the noise`() throws {
        var clip = try AdaptiveClip(
            clippingNorm: 1, learningRate: 5, smallest: 0.5, largest: 2)
        try clip.update(unclippedShare: 1e300)
        #expect(clip.clippingNorm == 0.5)
        for _ in 0..<3 { try clip.update(unclippedShare: -1e300) }
        #expect(clip.clippingNorm == 2)
        #expect(throws: DifferentialPrivacyError.self) { try clip.update(unclippedShare: .nan) }
        #expect(clip.clippingNorm == 2)
    }

    @Test func `meaningless parameters are refused`() {
        func make(
            norm: Double = 1, quantile: Double = 0.5, rate: Double = 0.2, smallest: Double = 0.1,
            largest: Double = 10
        ) throws {
            _ = try AdaptiveClip(
                clippingNorm: norm, targetQuantile: quantile, learningRate: rate,
                smallest: smallest, largest: largest)
        }
        #expect(throws: Never.self) { try make() }
        for value in [-1, 0, 20, .nan, .infinity] {
            #expect(throws: DifferentialPrivacyError.self) { try make(norm: value) }
        }
        for value in [-1, 0, .nan] {
            #expect(throws: DifferentialPrivacyError.self) { try make(rate: value) }
            #expect(throws: DifferentialPrivacyError.self) { try make(smallest: value) }
        }
        #expect(throws: DifferentialPrivacyError.self) { try make(quantile: 1.1) }
        #expect(throws: DifferentialPrivacyError.self) { try make(largest: .infinity) }
    }
}
