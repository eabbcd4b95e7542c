/// Lines over a number that counts, such as the round: straight from point to point, or in steps.
package struct LineChart {
    /// A point; one whose value is not finite leaves a gap.
    package struct Point {
        let x: Double
        let y: Double

        package init(x: Double, y: Double) {
            self.x = x
            self.y = y
        }
    }

    /// A line.
    package struct Series {
        let ink: ChartInk
        var points: [Point]
        /// Whether a value holds until the next point.
        var isStepped = false

        package init(ink: ChartInk, points: [Point], isStepped: Bool = false) {
            self.ink = ink
            self.points = points
            self.isStepped = isStepped
        }
    }

    /// A horizontal line at one value.
    package struct Reference {
        let ink: ChartInk
        let value: Double

        package init(ink: ChartInk, value: Double) {
            self.ink = ink
            self.value = value
        }
    }

    /// A name that is unique in the document.
    let id: String
    /// What the chart shows.
    let title: String
    /// What there is to see.
    let summary: String
    /// The names of the axes.
    let horizontal: String
    let vertical: String
    /// The values along the horizontal axis.
    let domain: ClosedRange<Double>
    /// The lines, the last on top.
    let series: [Series]
    /// The horizontal lines, below the others.
    var references: [Reference] = []
    /// Whether the vertical axis must have a zero.
    var startsAtZero = true
    /// Whether values are whole numbers.
    var isWhole = false
    /// Whether the horizontal axis counts.
    var isWholeAcross = true

    /// The most points of a line that are marked.
    private let marked = 30

    package init(
        id: String, title: String, summary: String, horizontal: String, vertical: String,
        domain: ClosedRange<Double>, series: [Series], references: [Reference] = [],
        startsAtZero: Bool = true, isWhole: Bool = false, isWholeAcross: Bool = true
    ) {
        self.id = id
        self.title = title
        self.summary = summary
        self.horizontal = horizontal
        self.vertical = vertical
        self.domain = domain
        self.series = series
        self.references = references
        self.startsAtZero = startsAtZero
        self.isWhole = isWhole
        self.isWholeAcross = isWholeAcross
    }

    /// Whether there is a point to draw.
    package var isEmpty: Bool {
        !series.contains { $0.points.contains { $0.x.isFinite && $0.y.isFinite } }
    }

    /// The chart as an SVG element.
    package var svg: String {
        var canvas = ChartCanvas()
        let across = AxisScale(exactly: domain, ticks: 8, isWhole: isWholeAcross)
        let references = references.filter { $0.value.isFinite }
        let up = AxisScale(
            holding: series.flatMap { $0.points.map(\.y) } + references.map(\.value),
            startsAtZero: startsAtZero, isWhole: isWhole)
        canvas.addVerticalAxis(up, name: vertical)
        canvas.addHorizontalAxis(across, name: horizontal)
        for reference in references {
            canvas.add(
                rule: canvas.y(reference.value, up), from: canvas.left, to: canvas.right,
                className: "line reference \(reference.ink.className)")
        }
        for line in series { draw(line, on: &canvas, across, up) }
        return canvas.svg(id: id, title: title, summary: summary)
    }

    private func draw(
        _ line: Series, on canvas: inout ChartCanvas, _ across: AxisScale, _ up: AxisScale
    ) {
        let pieces = line.points.split(whereSeparator: { !$0.x.isFinite || !$0.y.isFinite })
        let places = pieces.map { piece in
            piece.map { (x: canvas.x($0.x, across), y: canvas.y($0.y, up)) }
        }
        for piece in places {
            var path = ""
            for (index, place) in piece.enumerated() {
                if index == 0 {
                    path += "M\(ChartCanvas.text(place.x)) \(ChartCanvas.text(place.y))"
                } else if line.isStepped {
                    path += "H\(ChartCanvas.text(place.x))V\(ChartCanvas.text(place.y))"
                } else {
                    path += "L\(ChartCanvas.text(place.x)) \(ChartCanvas.text(place.y))"
                }
            }
            canvas.add("<path class=\"line \(line.ink.className)\" d=\"\(path)\"/>")
        }
        let marks = places.reduce(0) { $0 + $1.count } <= marked ? Array(places.joined()) : []
        for mark in marks {
            canvas.add(
                "<circle class=\"mark \(line.ink.className)\" cx=\"\(ChartCanvas.text(mark.x))\""
                    + " cy=\"\(ChartCanvas.text(mark.y))\" r=\"3\"/>")
        }
    }
}
