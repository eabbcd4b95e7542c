internal import Coordinator
internal import Foundation
internal import Simulation

/// How long the steps of each round took, on top of each other in their order.
struct StepTimeChart {
    /// A name that is unique in the document.
    let id: String
    let title: String
    /// Oldest first.
    let rounds: [CoordinatorOverview.Round]

    /// The most rounds that are drawn.
    static let most = 40

    /// What each step is drawn with.
    static let inks: [(step: RoundStep, ink: ChartInk)] = [
        (.advertising, .firstStep), (.sharing, .secondStep), (.masking, .thirdStep),
        (.endorsing, .planned), (.unmasking, .fourthStep),
    ]

    private var drawn: ArraySlice<CoordinatorOverview.Round> {
        rounds.filter { total(of: $0) > 0 }.suffix(Self.most)
    }

    /// Whether there is a round to draw.
    var isEmpty: Bool { drawn.isEmpty }

    /// The chart as an SVG element.
    var svg: String {
        let drawn = Array(drawn)
        var canvas = ChartCanvas()
        let up = AxisScale(holding: drawn.map(total))
        canvas.addVerticalAxis(up, name: "seconds")
        let share = (canvas.right - canvas.left) / Double(max(1, drawn.count))
        let bar = min(28, share * 0.78)
        // A label to every so many rounds, as wide as one is.
        let interval = max(1, Int((34 / share).rounded(.up)))
        for (place, round) in drawn.enumerated() {
            let x = canvas.left + (Double(place) + 0.5) * share
            var height = 0.0
            for (step, ink) in Self.inks {
                let seconds = seconds(of: step, in: round)
                guard seconds > 0 else { continue }
                let (low, high) = (canvas.y(height, up), canvas.y(height + seconds, up))
                canvas.add(
                    "<rect class=\"bar stacked \(ink.className)\""
                        + " x=\"\(ChartCanvas.text(x - bar / 2))\" y=\"\(ChartCanvas.text(high))\""
                        + " width=\"\(ChartCanvas.text(bar))\""
                        + " height=\"\(ChartCanvas.text(low - high))\"/>")
                height += seconds
            }
            if place.isMultiple(of: interval) {
                canvas.add(
                    text: "\(round.ordinal)", x: x, y: canvas.bottom + 17, anchor: "middle")
            }
        }
        canvas.addHorizontalName("round")
        return canvas.svg(id: id, title: title, summary: summary)
    }

    private func seconds(of step: RoundStep, in round: CoordinatorOverview.Round) -> Double {
        Double(max(0, step.milliseconds(of: round) ?? 0)) / 1000
    }

    private func total(of round: CoordinatorOverview.Round) -> Double {
        Self.inks.reduce(0) { $0 + seconds(of: $1.step, in: round) }
    }

    private var summary: String {
        let totals = drawn.map(total)
        guard let last = totals.last, let least = totals.min(), let most = totals.max() else {
            return "No round has ended a step."
        }
        return "The steps of a round took \(NumberText.duration(least)) to "
            + "\(NumberText.duration(most)) together, and \(NumberText.duration(last)) in the last."
    }
}
