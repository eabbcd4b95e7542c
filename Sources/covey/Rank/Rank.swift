import ArgumentParser
import Datasets
import Foundation
import OnDevice
import PrivacyLedger
import Recommender

/// `covey rank`: what a device does with a model and a history.
struct Rank: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Rank a model's catalogue for one person, as a device would.",
        discussion: """
            The history is a file of delimited text with a header: a column 'item', and where there \
            are some 'kind' (\(BehaviourEvent.Kind.allCases.map(\.rawValue).joined(separator: ", "))), \
            'time' (seconds since 1970), 'value' or 'rating', 'device', and 'user'. Without a \
            history, picks decide, and else what is popular. Everything stays on this machine.

            EXAMPLES
              covey rank --model runs/quickstart/model.covey --like comedy
              covey rank --model model.covey --history events.csv --limit 20 --explain
              covey rank --model model.covey --history ratings.csv.gz --user 42 --json
              covey rank --model model.covey --history events.csv --interactive
            """)

    @Option(
        help: ArgumentHelp("The model, as 'covey simulate' leaves it.", valueName: "file"),
        completion: .file(extensions: ["covey"]))
    var model: String

    @Option(
        help: ArgumentHelp(
            "The publisher's public key, or a file with it; without it, a model is taken from "
                + "anybody.", valueName: "key"))
    var publicKey: String?

    @Option(
        help: ArgumentHelp("What the person did.", valueName: "file"),
        completion: .file(extensions: ["csv", "gz"]))
    var history: String?

    @Option(help: "Whose rows of the history count, where it has several people's.")
    var user: String?

    @Option(help: ArgumentHelp("An item picked at the start; may be repeated.", valueName: "item"))
    var pick: [String] = []

    @Option(
        help: ArgumentHelp(
            "A category picked at the start; may be repeated.", valueName: "category"))
    var like: [String] = []

    @Option(help: "The length of the list, 1 to 1,000.")
    var limit = 20

    @Option(
        help: ArgumentHelp(
            "Only items of this category; may be repeated.", valueName: "category"))
    var category: [String] = []

    @Flag(help: "Rank by score alone, without diversity, calibration and habits.")
    var plain = false

    @Flag(help: "Say what each score is made of.")
    var explain = false

    @Flag(help: "Go on asking: type a title, see the list change.")
    var interactive = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard (1...1000).contains(limit) else {
            throw ValidationError("--limit is \(limit); choose 1 to 1,000.")
        }
        guard !(json && interactive) else {
            throw ValidationError("--json and --interactive do not go together.")
        }
    }

    func run() throws {
        try reporting {
            let model = try PublishedModel(
                path: model, trusting: try publicKey.map { try AuditFile.key($0).key })
            let ranker = DeviceRanker(
                model: model, history: try readHistory(for: model),
                options: plain ? .plain : RankingOptions())
            let filter = RankingFilter(categories: category.isEmpty ? nil : Set(category))
            if interactive {
                try RankSession(
                    ranker: ranker, limit: limit, filter: filter, explains: explain
                ).run()
                return
            }
            let list = try ranker.rank(limit: limit, context: .inUTC, filter: filter)
            print(
                json
                    ? try jsonText(RankJSON(list, of: model))
                    : RankTable(list, explains: explain).text)
        }
    }

    private func readHistory(for model: PublishedModel) throws -> PersonalHistory {
        for item in pick where model.catalogue.item(item) == nil {
            throw RankInputError.unknownItem(item)
        }
        for name in like where !model.header.categories.contains(name) {
            throw RankingError.unknownCategory(name, known: model.header.categories)
        }
        var result = PersonalHistory(pickedItems: pick, pickedCategories: like)
        guard let history else { return result }
        result.events = try EventFile(path: history, user: user).events()
        let unknown = result.events.count { model.catalogue.item($0.item) == nil }
        guard unknown < result.events.count || unknown == 0 else {
            throw RankInputError.foreignHistory(path: history)
        }
        if unknown > 0 {
            FileHandle.standardError.write(
                Data("covey: \(unknown) events are of items that the model does not know\n".utf8))
        }
        return result
    }
}

/// What is wrong with what was given to rank by.
enum RankInputError: Error, CustomStringConvertible {
    case unknownItem(String)
    case foreignHistory(path: String)

    var description: String {
        switch self {
        case .unknownItem(let item):
            "the model has no item '\(item)'; items are named as in the data it was trained on"
        case .foreignHistory(let path):
            "\(path): the model knows none of its items; is it of the same catalogue?"
        }
    }
}

extension EventContext {
    /// This moment, by the same clock as a file's times.
    static var inUTC: EventContext { EventContext(at: Int64(Date().timeIntervalSince1970)) }
}

extension EventFile {
    /// The rows as events. Without a kind they are ratings, where the file has a column of them, or
    /// else plays; circumstances follow from the time, in UTC.
    func events() throws -> [BehaviourEvent] {
        try rows.enumerated().map { position, row in
            let kind =
                row.kind.isEmpty
                ? (holdsRatings && row.value != nil ? .rating : .play)
                : BehaviourEvent.Kind(rawValue: row.kind)
            guard let kind else {
                throw DatasetError.malformedRow(
                    path: path, line: row.line,
                    problem: .unknownWord(
                        column: "kind", text: row.kind,
                        allowed: BehaviourEvent.Kind.allCases.map(\.rawValue)))
            }
            return BehaviourEvent(
                item: row.item, kind: kind, time: row.time ?? Int64(position), value: row.value,
                context: row.time.map {
                    EventContext(at: $0, device: row.device.isEmpty ? nil : row.device)
                })
        }
    }
}
