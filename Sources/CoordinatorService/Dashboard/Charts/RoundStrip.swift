internal import Coordinator
internal import Simulation

/// The latest rounds side by side: a full bar for one that was completed, a short hollow one for
/// one that was abandoned, a dashed outline for one under way.
struct RoundStrip {
    /// Oldest first.
    let rounds: [CoordinatorOverview.Round]

    /// The most rounds that are shown.
    static let most = 40

    /// The strip as an SVG element.
    var svg: String {
        let shown = rounds.suffix(Self.most)
        var marks = ""
        for (place, round) in shown.enumerated() {
            let x = ChartCanvas.text(Double(place) * 8 + 1.5)
            let (className, height) =
                switch round.state {
                case "completed": ("done", 17)
                case "abandoned": ("lost", 7)
                default: ("going", 17)
                }
            marks +=
                "<rect class=\"\(className)\" x=\"\(x)\" y=\"\(18.5 - Double(height))\""
                + " width=\"5\" height=\"\(height)\"/>"
        }
        let width = max(1, shown.count) * 8
        return "<svg class=\"strip\" width=\"\(width)\" height=\"20\" viewBox=\"0 0 \(width) 20\""
            + " role=\"img\" aria-label=\"\(description)\">\(marks)</svg>"
    }

    private var description: String {
        let shown = rounds.suffix(Self.most)
        func count(_ state: String) -> Int { shown.count { $0.state == state } }
        let underWay = shown.count { $0.isUnderWay }
        return "The latest \(shown.count) rounds: \(count("completed")) completed, "
            + "\(count("abandoned")) abandoned, \(underWay) under way."
    }
}
