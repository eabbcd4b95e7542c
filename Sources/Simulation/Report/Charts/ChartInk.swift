/// What a line or bar stands for. The style sheet gives each a colour, and lines a pattern of dashes,
/// so that nothing is told by colour alone.
package enum ChartInk: String, Sendable {
    /// The model trained under privacy.
    case `private`
    /// Recommending what is popular.
    case popularity
    /// The same training without privacy.
    case withoutPrivacy = "without"
    /// Epsilon against the coordinator.
    case coordinator
    /// Epsilon against observers of the models.
    case observer
    /// What was planned or invited.
    case planned
    /// The four steps of a round.
    case firstStep = "step1"
    case secondStep = "step2"
    case thirdStep = "step3"
    case fourthStep = "step4"
    /// Runs side by side.
    case run1, run2, run3, run4, run5, run6

    /// The inks of runs, in the order in which they are used.
    static let runs: [ChartInk] = [.run1, .run2, .run3, .run4, .run5, .run6]

    /// The class of an SVG element in this ink.
    package var className: String { "ink-" + rawValue }
}

/// An entry of a chart's legend.
package struct LegendItem {
    /// What a sample of the ink looks like.
    package enum Shape: String {
        case line
        case bar
    }

    package let name: String
    package let ink: String
    package let isBar: Bool

    package init(_ name: String, _ ink: ChartInk, _ shape: Shape = .line) {
        self.name = name
        self.ink = ink.className
        isBar = shape == .bar
    }
}
