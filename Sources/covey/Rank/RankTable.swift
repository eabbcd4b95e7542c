import Foundation
import OnDevice

/// A list as people read it.
struct RankTable {
    private let list: RankedList
    private let explains: Bool

    /// How many reasons are named one by one; the others are added up.
    private static let namedReasons = 3

    init(_ list: RankedList, explains: Bool) {
        self.list = list
        self.explains = explains
    }

    var text: String {
        guard !list.items.isEmpty else { return "no item is left to recommend" }
        let words = ExplanationWords()
        var lines: [String] = []
        let width = list.items.map(\.title.count).max() ?? 0
        for (position, item) in list.items.enumerated() {
            guard let explanation = list.explanation(at: position) else { continue }
            let title = item.title + String(repeating: " ", count: width - item.title.count)
            lines.append(
                String(format: "%3d  ", position + 1) + title
                    + String(format: "  %7.3f  ", item.score) + words(explanation))
            if explains { lines += Self.parts(explanation).map { "       " + $0 } }
        }
        return lines.joined(separator: "\n")
    }

    /// What a score is made of, one line a part.
    static func parts(_ explanation: Explanation) -> [String] {
        let reasons = explanation.reasons
        var named = reasons.prefix(namedReasons).map {
            (explanation.title(of: $0.source), $0.amount)
        }
        let others = explanation.partsBesideEvidence
        let evidence = explanation.parts.dropLast(others.count)
        let rest = evidence.reduce(0) { $0 + $1.amount } - named.reduce(0) { $0 + $1.1 }
        if evidence.count > named.count { named.append(("the rest of the history", rest)) }
        for part in others {
            switch part.source {
            case .evidence: continue
            case .habit(let feature): named.append(("habits: \(feature)", part.amount))
            case .popularity: named.append(("popularity", part.amount))
            case .combination: named.append(("all of it together", part.amount))
            case .adjustment(let source): named.append((source.rawValue, part.amount))
            }
        }
        return named.map { String(format: "%+8.3f  ", $0.1) + $0.0 }
    }
}
