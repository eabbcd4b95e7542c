internal import Coordinator

/// A state as a word with a shape and a colour of its own, so that none of them is needed to tell
/// states apart.
struct StateBadge {
    let text: String
    /// The class in the style sheet.
    let tone: String
    /// The shape: a path in a box of twelve by twelve.
    let path: String
    /// What the state means.
    let meaning: String

    private init(_ text: String, _ tone: String, _ path: String, _ meaning: String) {
        self.text = text
        self.tone = tone
        self.path = path
        self.meaning = meaning
    }

    /// The badge of a task's state.
    static func task(_ task: CoordinatorOverview.Task) -> StateBadge {
        let state = task.state
        return switch state {
        case "gathering": .init(state, "quiet", dots, "waits for devices to enrol")
        case "active": .init(state, "busy", triangle, "rounds are under way")
        case "paused": .init(state, "quiet", bars, "no round is begun until it is resumed")
        case "finished" where task.queriesDone < task.queries:
            .init("ended", "quiet", square, "the operator ended it before its last query")
        case "finished": .init(state, "good", tick, "all its queries are answered")
        case "failed": .init(state, "bad", cross, "it cannot go on")
        default: .init(state, "quiet", ring, "")
        }
    }

    /// The badge of a round's state.
    static func round(_ state: String) -> StateBadge {
        rounds.first { $0.text == state } ?? .init(state, "quiet", ring, "")
    }

    /// All states of a round, in their order.
    static let rounds: [StateBadge] = [
        .init("open", "busy", ring, "devices are asked; nothing is spent"),
        .init("charged", "charged", diamond, "its privacy is spent; the sum may be unmasked"),
        .init("completed", "good", tick, "the sum is revealed and taken in"),
        .init("abandoned", "bad", cross, "nothing came of it"),
    ]

    private static let ring = "M6 1.5a4.5 4.5 0 1 0 .01 0z"
    private static let diamond = "M6 1l5 5l-5 5l-5 -5z"
    private static let tick = "M1.5 6.5l3 3.5l6 -8"
    private static let cross = "M2 2l8 8M10 2l-8 8"
    private static let triangle = "M3 1.5l7 4.5l-7 4.5z"
    private static let bars = "M3.5 1.5v9M8.5 1.5v9"
    private static let square = "M2.5 2.5h7v7h-7z"
    private static let dots = "M1.5 6h.01M6 6h.01M10.5 6h.01"
}
