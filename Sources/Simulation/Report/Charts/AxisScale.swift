internal import Foundation

/// The values along one axis: a range with a tick at every multiple of 1, 2 or 5 times a power of ten.
package struct AxisScale: Sendable, Hashable {
    /// The values at the two ends.
    package let range: ClosedRange<Double>
    /// The distance of two ticks.
    package let step: Double

    /// The scale of an exact range.
    ///
    /// - Parameters:
    ///   - range: The values at the two ends.
    ///   - ticks: The most intervals between ticks.
    ///   - isWhole: Whether ticks are whole numbers only.
    package init(exactly range: ClosedRange<Double>, ticks: Int, isWhole: Bool = false) {
        let width = range.upperBound - range.lowerBound
        self.range =
            width > 0 && width.isFinite ? range : range.lowerBound - 0.5...range.lowerBound + 0.5
        let step = Self.step(
            width: self.range.upperBound - self.range.lowerBound, intervals: ticks)
        self.step = isWhole ? max(1, step) : step
    }

    /// The smallest scale with ticks at both ends that holds `values`; those that are not finite are
    /// left out.
    ///
    /// - Parameters:
    ///   - values: What is drawn.
    ///   - startsAtZero: Whether zero must be on the axis.
    ///   - ticks: About how many intervals to have between ticks.
    ///   - isWhole: Whether ticks are whole numbers only.
    package init(
        holding values: [Double], startsAtZero: Bool = true, ticks: Int = 4, isWhole: Bool = false
    ) {
        let finite = values.filter { $0.isFinite && abs($0) < 1e100 } + (startsAtZero ? [0] : [])
        let low = finite.min() ?? 0
        var high = finite.max() ?? 1
        if high - low < 1e-100 { high = low + max(abs(low) * 0.1, isWhole ? 1 : 0.1) }
        let fit = Self.step(width: high - low, intervals: ticks)
        let step = isWhole ? max(1, fit) : fit
        self.step = step
        range = (low / step).rounded(.down) * step...(high / step - 1e-9).rounded(.up) * step
    }

    /// The ticks inside the range.
    package var ticks: [Double] {
        let first = (range.lowerBound / step - 1e-9).rounded(.up)
        let last = (range.upperBound / step + 1e-9).rounded(.down)
        guard first.isFinite, last.isFinite, first <= last, last - first <= 100 else { return [] }
        return stride(from: first, through: last, by: 1).map { $0 * step }
    }

    /// Where a value is, from 0 at the lower end to 1 at the upper.
    package func position(of value: Double) -> Double {
        (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    }

    /// A tick's text: as many digits as two ticks differ in.
    package func label(of tick: Double) -> String {
        guard tick != 0 else { return "0" }
        guard (1e-4..<1e6).contains(abs(tick)) else { return NumberText.scientific(tick) }
        return NumberText.fixed(tick, digits: max(0, -Int((log10(step) + 1e-9).rounded(.down))))
    }

    private static func step(width: Double, intervals: Int) -> Double {
        let rough = width / Double(max(1, intervals))
        let magnitude = pow(10, log10(rough).rounded(.down))
        guard magnitude.isFinite, magnitude > 0 else { return 1 }
        let factor = [1.0, 2, 5, 10].first { $0 * magnitude >= rough * (1 - 1e-9) } ?? 10
        return factor * magnitude
    }
}
