import Foundation
import OnDevice
import Recommender

/// A conversation: each title that is typed is an event, and the list follows.
struct RankSession {
    let ranker: DeviceRanker
    let limit: Int
    let filter: RankingFilter
    let explains: Bool

    private static let help = """
        Type a title, or a part of one, to say that you have just played it. Or:
          skip TITLE   you passed it over        hide TITLE   never again
          like NAME    add a category            undo         take the last event back
          why N        what place N is made of   help, quit
        """

    func run() throws {
        print(Self.help)
        var list = try show()
        while true {
            print("> ", terminator: "")
            fflush(nil)
            guard let line = readLine() else { break }
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            guard let first = words.first else { continue }
            let rest = words.count > 1 ? words[1] : ""
            switch first {
            case "quit", "exit": return
            case "help": print(Self.help)
            case "undo":
                var history = ranker.history
                guard history.events.popLast() != nil else {
                    print("there is nothing to take back")
                    continue
                }
                ranker.restart(with: history)
                list = try show()
            case "why":
                guard let place = Int(rest), let explanation = list.explanation(at: place &- 1)
                else {
                    print("which place? 'why 1' to 'why \(list.items.count)'")
                    continue
                }
                print("\(list.items[place - 1].title): \(ExplanationWords()(explanation))")
                print(RankTable.parts(explanation).map { "  " + $0 }.joined(separator: "\n"))
            case "like":
                guard ranker.model.header.categories.contains(rest) else {
                    print(
                        "categories: \(ranker.model.header.categories.joined(separator: ", "))")
                    continue
                }
                let history = ranker.history
                try ranker.pick(
                    items: history.pickedItems, categories: history.pickedCategories + [rest])
                list = try show()
            case "skip", "hide":
                if try record(rest, first == "skip" ? .skip : .hide) { list = try show() }
            default:
                if try record(line, .play) { list = try show() }
            }
        }
        print("")
    }

    private func show() throws -> RankedList {
        let list = try ranker.rank(limit: limit, context: .inUTC, filter: filter)
        print(RankTable(list, explains: explains).text)
        return list
    }

    /// Finds the item that is meant; asks where several could be.
    private func record(_ text: String, _ kind: BehaviourEvent.Kind) throws -> Bool {
        let catalogue = ranker.model.catalogue
        let wanted = text.trimmingCharacters(in: .whitespaces)
        let found = catalogue.search(wanted, limit: 9)
        var item = found.first
        if found.isEmpty {
            print("no title has '\(wanted)' in it")
            return false
        }
        if found.count > 1, catalogue.title(of: found[0]).lowercased() != wanted.lowercased() {
            for (number, item) in found.enumerated() {
                print("  \(number + 1)  \(catalogue.title(of: item))")
            }
            print("which one? ", terminator: "")
            fflush(nil)
            item = readLine().flatMap { Int($0) }.flatMap {
                found.indices.contains($0 &- 1) ? found[$0 - 1] : nil
            }
        }
        guard let item else { return false }
        try ranker.record(
            BehaviourEvent(
                item: catalogue.identifier(of: item), kind: kind,
                time: Int64(Date().timeIntervalSince1970), context: .inUTC))
        print("\(kind.rawValue): \(catalogue.title(of: item))")
        return true
    }
}
