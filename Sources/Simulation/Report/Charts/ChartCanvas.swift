internal import Foundation

/// The drawing that all charts share: an SVG image with a text alternative, axes and a plot area.
///
/// Lengths are in units of the view box, which is made for a column of a phone's width: text of 12
/// units is about 10 pixels there and 14 in half of a desktop page.
package struct ChartCanvas {
    /// The size of the image.
    package let width = 400.0
    private var height = 220.0

    /// The plot area.
    package let left = 50.0
    package let right = 382.0
    package let top = 26.0
    package let bottom = 198.0

    private var elements: [String] = []

    /// An empty drawing.
    package init() {}

    /// Adds an SVG element.
    package mutating func add(_ element: String) { elements.append(element) }

    /// Adds text, which is escaped.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - x: Where it is anchored.
    ///   - y: Its baseline.
    ///   - anchor: `start`, `middle` or `end`.
    ///   - className: Its class in the style sheet.
    package mutating func add(
        text: String, x: Double, y: Double, anchor: String, className: String = "tick"
    ) {
        add(
            "<text class=\"\(className)\" x=\"\(Self.text(x))\" y=\"\(Self.text(y))\""
                + " text-anchor=\"\(anchor)\">\(XMLContentType().escapeText(text))</text>")
    }

    /// Adds a horizontal line from `start` to `end`.
    package mutating func add(rule y: Double, from start: Double, to end: Double, className: String)
    {
        add(
            "<line class=\"\(className)\" x1=\"\(Self.text(start))\" x2=\"\(Self.text(end))\""
                + " y1=\"\(Self.text(y))\" y2=\"\(Self.text(y))\"/>")
    }

    /// Draws the vertical axis with its grid and name.
    package mutating func addVerticalAxis(_ scale: AxisScale, name: String) {
        for tick in scale.ticks {
            let y = y(tick, scale)
            add(rule: y, from: left, to: right, className: tick == 0 ? "base" : "grid")
            add(text: scale.label(of: tick), x: left - 6, y: y + 4, anchor: "end")
        }
        add(text: name, x: 2, y: 12, anchor: "start", className: "axis")
    }

    /// Draws the labels and the name of a horizontal axis.
    package mutating func addHorizontalAxis(_ scale: AxisScale, name: String) {
        add(rule: bottom, from: left, to: right, className: "base")
        for tick in scale.ticks {
            let x = x(tick, scale)
            let position = Self.text(x)
            add(
                "<line class=\"base\" x1=\"\(position)\" x2=\"\(position)\""
                    + " y1=\"\(Self.text(bottom))\" y2=\"\(Self.text(bottom + 4))\"/>")
            add(text: scale.label(of: tick), x: x, y: bottom + 17, anchor: "middle")
        }
        addHorizontalName(name)
    }

    /// Draws the name of the horizontal axis, and makes room for it.
    package mutating func addHorizontalName(_ name: String) {
        height = 240
        add(
            text: name, x: (left + right) / 2, y: height - 6, anchor: "middle", className: "axis")
    }

    /// The horizontal place of a value.
    package func x(_ value: Double, _ scale: AxisScale) -> Double {
        left + (right - left) * scale.position(of: value)
    }

    /// The vertical place of a value.
    package func y(_ value: Double, _ scale: AxisScale) -> Double {
        bottom - (bottom - top) * scale.position(of: value)
    }

    /// The image.
    ///
    /// - Parameters:
    ///   - id: A name that is unique in the document.
    ///   - title: What it shows.
    ///   - summary: What there is to see.
    package func svg(id: String, title: String, summary: String) -> String {
        let escape = XMLContentType().escapeText
        return "<svg viewBox=\"0 0 \(Self.text(width)) \(Self.text(height))\" role=\"img\""
            + " aria-labelledby=\"\(id)-title \(id)-desc\"><title id=\"\(id)-title\">\(escape(title))"
            + "</title><desc id=\"\(id)-desc\">\(escape(summary))</desc>\n"
            + elements.joined(separator: "\n") + "\n</svg>"
    }

    /// A coordinate with one digit after the point.
    package static func text(_ value: Double) -> String {
        let text = String(format: "%.1f", value)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
