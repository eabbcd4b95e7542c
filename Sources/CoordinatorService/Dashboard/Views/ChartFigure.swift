internal import Simulation

/// A chart with its legend and, where no table of the page has them, its numbers.
struct ChartFigure {
    /// The numbers of a chart.
    struct Numbers {
        struct Row {
            let heading: String
            let cells: [String]
        }

        let caption: String
        let columns: [String]
        let rows: [Row]
    }

    let id: String
    let heading: String
    /// Markup.
    let svg: String
    let legend: [LegendItem]
    let remarks: [String]
    let numbers: [Numbers]
}
