/// What the templates show: texts that are ready to be escaped, and drawings. Mustache finds each
/// property by its name.
struct ReportPage {
    /// A number that matters, with what to compare it to.
    struct KeyFigure {
        let name: String
        let value: String
        let notes: [String]
    }

    /// A table; the first cell of a row is its heading.
    struct Table {
        struct Row {
            let heading: String
            let cells: [String]
        }

        let caption: String
        let columns: [String]
        let rows: [Row]
        /// Whether cells are texts and not numbers.
        var isText = false

        init(
            _ caption: String, columns: [String], rows: [(heading: String, cells: [String])],
            isText: Bool = false
        ) {
            self.caption = caption
            self.columns = columns
            self.rows = rows.map { Row(heading: $0.heading, cells: $0.cells) }
            self.isText = isText
        }
    }

    /// A chart with its legend and its numbers.
    struct Figure {
        let heading: String
        let svg: String
        let legend: [LegendItem]
        let remarks: [String]
        let data: Table
    }

    /// A part of a section.
    enum Block {
        case figure(Figure)
        case table(Table)
    }

    /// A question with its answer in sentences.
    struct Item {
        let heading: String
        /// A word about the answer.
        let tag: String
        let isMissing: Bool
        let answers: [String]
    }

    /// A chapter of the report.
    struct Section {
        let id: String
        let title: String
        let paragraphs: [String]
        let items: [Item]
        /// Commands to type.
        let commands: [String]
        /// In the order of the page; figures and tables stand side by side where there is room.
        let blocks: [BlockView]
        /// Whether each block has the whole width.
        let isWide: Bool

        init(
            id: String, title: String, paragraphs: [String] = [], items: [Item] = [],
            commands: [String] = [], blocks: [Block] = [], isWide: Bool = false
        ) {
            self.id = id
            self.title = title
            self.paragraphs = paragraphs
            self.items = items
            self.commands = commands
            self.blocks = blocks.map { BlockView($0) }
            self.isWide = isWide
        }
    }

    /// A block with one property for each kind, of which one is there.
    struct BlockView {
        let figure: [Figure]
        let table: [Table]

        init(_ block: Block) {
            switch block {
            case .figure(let figure): (self.figure, table) = ([figure], [])
            case .table(let table): (figure, self.table) = ([], [table])
            }
        }
    }

    /// A paragraph; what leads it, if anything, is set in bold.
    struct Paragraph {
        let lead: String
        let text: String
        let isLed: Bool

        init(lead: String = "", _ text: String) {
            self.lead = lead
            self.text = text
            isLed = !lead.isEmpty
        }
    }

    /// Something to know before reading on.
    struct Notice {
        let heading: String
        let text: String
        /// A command to type, if there is one.
        let commands: [String]
    }

    let brand: String
    let title: String
    let status: String
    let isFinished: Bool
    let subtitle: String
    let notices: [Notice]
    let keyFigures: [KeyFigure]
    let explanation: [Paragraph]
    let sections: [Section]
    /// All settings with their values, if there are any.
    let scenario: [String]
    let style: String
}
