internal import Simulation

/// A bar that is filled in parts of a whole, left to right.
struct ShareBar {
    /// How much of the whole each part is, and its class in the style sheet.
    let parts: [(share: Double, className: String)]
    /// What it shows, in words.
    let description: String

    /// The bar as an SVG element as wide as its place.
    var svg: String {
        var start = 0.0
        var marks = ""
        for part in parts {
            let share = part.share.isFinite ? min(max(0, part.share), 1 - start) : 0
            guard share > 0 else { continue }
            // What is not nothing shows.
            let width = max(0.4, share * 100)
            marks +=
                "<rect class=\"\(part.className)\" x=\"\(ChartCanvas.text(start * 100))\" y=\"0\""
                + " width=\"\(ChartCanvas.text(width))\" height=\"8\"/>"
            start += share
        }
        return
            "<svg class=\"share\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" role=\"img\""
            + " aria-label=\"\(XMLContentType().escapeText(description))\">"
            + "<rect class=\"track\" width=\"100\" height=\"8\"/>\(marks)</svg>"
    }
}

extension NumberText {
    /// A share in whole percent, rounded down, so that nothing is complete before it is.
    static func percent(_ share: Double) -> String {
        guard share.isFinite else { return none }
        return count(Int(min(max(-1e6, 100 * share), 1e6).rounded(.down))) + " %"
    }
}
