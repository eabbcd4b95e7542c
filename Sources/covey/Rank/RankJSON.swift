import OnDevice
import Recommender

/// A list as scripts read it: `{"model": {…}, "list": [{"place", "item", "title", "score",
/// "propensity", "why", "parts": [{"source", "name", "amount"}]}]}`.
struct RankJSON: Encodable {
    private let model: Model
    private let list: [Place]

    private struct Model: Encodable {
        var name: String
        var release: Int
        var items: Int
        var precision: String
        var quantizationError: Double
    }

    private struct Place: Encodable {
        var place: Int
        var item: String
        var title: String
        var score: Double
        var propensity: Double
        var why: String
        var parts: [Part]
    }

    private struct Part: Encodable {
        var source: String
        var name: String
        var amount: Double
    }

    init(_ ranked: RankedList, of published: PublishedModel) {
        model = Model(
            name: published.header.name, release: published.header.release,
            items: published.header.items, precision: "\(published.header.precision)",
            quantizationError: published.header.quantization.relative)
        let words = ExplanationWords()
        list = ranked.items.enumerated().compactMap { position, item in
            ranked.explanation(at: position).map { explanation in
                Place(
                    place: position + 1, item: item.id, title: item.title, score: item.score,
                    propensity: item.propensity, why: words(explanation),
                    parts: explanation.parts.map { Self.part($0, of: explanation) })
            }
        }
    }

    private static func part(_ part: Explanation.Part, of explanation: Explanation) -> Part {
        switch part.source {
        case .evidence(let source):
            var kind = "pick"
            if case .event(let event) = source { kind = event.kind.rawValue }
            return Part(
                source: kind, name: explanation.title(of: source), amount: part.amount)
        case .habit(let feature):
            return Part(source: "habit", name: "\(feature)", amount: part.amount)
        case .popularity:
            return Part(source: "popularity", name: "", amount: part.amount)
        case .combination:
            return Part(source: "combination", name: "", amount: part.amount)
        case .adjustment(let source):
            return Part(source: "adjustment", name: source.rawValue, amount: part.amount)
        }
    }
}
