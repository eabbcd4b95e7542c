internal import Foundation

/// Bars side by side in groups, from zero upwards.
struct GroupedBarChart {
    /// A group of bars.
    struct Group {
        let label: String
        /// The heights, in the order of the inks; no bar for nil and what is not finite.
        let values: [Double?]
        /// A line across the group that its bars are to be compared with.
        var limit: Double?
    }

    /// A name that is unique in the document.
    let id: String
    /// What the chart shows.
    let title: String
    /// What there is to see.
    let summary: String
    /// The names of the axes.
    var horizontal = ""
    let vertical: String
    /// What the bars of a group stand for.
    let inks: [ChartInk]
    let groups: [Group]
    /// Whether values are whole numbers.
    var isWhole = false

    /// Whether there is a bar to draw.
    var isEmpty: Bool { !groups.contains { $0.values.contains { $0?.isFinite == true } } }

    /// The chart as an SVG element.
    var svg: String {
        var canvas = ChartCanvas()
        let up = AxisScale(
            holding: groups.flatMap { $0.values.compactMap { $0 } + [$0.limit].compactMap { $0 } },
            isWhole: isWhole)
        canvas.addVerticalAxis(up, name: vertical)
        let share = (canvas.right - canvas.left) / Double(max(1, groups.count))
        let gap = min(14, share * 0.08)
        let bar = (share - 2 * gap) / Double(max(1, inks.count))
        for (number, group) in groups.enumerated() {
            let start = canvas.left + Double(number) * share
            for (index, value) in group.values.enumerated() {
                guard let value, value.isFinite, inks.indices.contains(index) else { continue }
                let x = start + gap + Double(index) * bar
                let y = canvas.y(max(0, value), up)
                canvas.add(
                    "<rect class=\"bar \(inks[index].className)\" x=\"\(ChartCanvas.text(x))\""
                        + " y=\"\(ChartCanvas.text(y))\" width=\"\(ChartCanvas.text(bar * 0.9))\""
                        + " height=\"\(ChartCanvas.text(canvas.bottom - y))\"/>")
                if let label = label(of: value, in: group, width: bar) {
                    canvas.add(
                        text: label, x: x + bar * 0.45, y: y - 4, anchor: "middle",
                        className: "value")
                }
            }
            if let limit = group.limit, limit.isFinite {
                canvas.add(
                    rule: canvas.y(limit, up), from: start + gap * 0.5,
                    to: start + share - gap * 0.5, className: "line ink-planned")
            }
            canvas.add(
                text: group.label, x: start + share / 2, y: canvas.bottom + 17, anchor: "middle")
        }
        if !horizontal.isEmpty { canvas.addHorizontalName(horizontal) }
        return canvas.svg(id: id, title: title, summary: summary)
    }

    /// The number above a bar, where it is wide enough and no limit is there to be crossed.
    private func label(of value: Double, in group: Group, width: Double) -> String? {
        guard group.limit == nil else { return nil }
        // Below one, without the zero that all have.
        let digits = NumberText.fixed(value, digits: 2)
        let text = digits.hasPrefix("0.") ? String(digits.dropFirst()) : digits
        return Double(text.count) * 6 <= width + 1 ? text : nil
    }
}
