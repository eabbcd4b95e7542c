import Testing

@testable import OnDevice

struct ExplanationWordsTests {
    private func explanation(_ parts: [(Explanation.Source, Double)]) -> Explanation {
        var (evidence, amounts) = ([Evidence](), [Double]())
        var others: [Explanation.Part] = []
        for (source, amount) in parts {
            if case .evidence(let source) = source {
                evidence.append(Evidence(source, strength: 1))
                amounts.append(amount)
            } else {
                others.append(.init(source, amount))
            }
        }
        let subjects = evidence.map { one in
            evidence.firstIndex { $0.source.subject == one.source.subject } ?? 0
        }
        return Explanation(
            item: "this", score: parts.reduce(0) { $0 + $1.1 }, evidence: evidence,
            subjects: subjects, amounts: amounts, otherParts: others, catalogue: nil)
    }

    private func event(_ title: String, _ kind: BehaviourEvent.Kind = .play) -> Explanation.Source {
        .evidence(.event(BehaviourEvent(item: title, kind: kind, time: 0)))
    }

    @Test func `the strongest reasons of one kind are named`() {
        let words = ExplanationWords()
        #expect(
            words(explanation([(event("X"), 2), (event("Y"), 1.5), (.popularity, 9)]))
                == "because you watched X and Y")
        #expect(
            words(explanation([(event("X"), 2), (event("Y"), 0.5)])) == "because you watched X")
        #expect(
            words(explanation([(event("X", .purchase), 2), (event("Y"), 1.5)]))
                == "because you bought X")
        #expect(
            words(explanation([(event("X"), -2), (.popularity, 1)])) == "popular with everybody")
        #expect(
            words(
                explanation([
                    (.evidence(.pickedCategory("Drama")), 1), (event("X"), -2),
                ])) == "because you picked Drama")
    }

    @Test func `events of one item count together`() {
        let reasons = explanation([
            (event("X"), 1), (event("Y"), 1.5), (event("X", .rating), 1), (event("Z"), -1),
        ]).reasons
        #expect(reasons.map(\.source.subject) == [.item("X"), .item("Y")])
        #expect(reasons.map(\.amount) == [2, 1.5])
    }

    @Test func `what was turned down is no reason to name, and neither is the item itself`() {
        let words = ExplanationWords()
        #expect(
            words(explanation([(event("X", .skip), 2), (event("Y"), 0.5)]))
                == "because you watched Y")
        #expect(words(explanation([(event("X", .hide), 2)])) == "popular with everybody")
        #expect(
            words(explanation([(event("this", .view), 2), (event("Y"), 0.5)]))
                == "because you watched Y")
        // The play is the reason, not the skip that took some of it back.
        #expect(
            words(explanation([(event("X"), 2), (event("X", .skip), -1)]))
                == "because you watched X")
    }

    @Test func `a habit is named where it is the strongest`() {
        let words = ExplanationWords()
        func text(_ feature: ContextFeature) -> String {
            words(explanation([(event("X"), 0.1), (.habit(feature), 0.2)]))
        }
        #expect(text(.hour(.evening)) == "suits your evenings")
        #expect(text(.weekday(isWeekend: true)) == "suits your weekends")
        #expect(text(.device("phone")) == "suits you on your phone")
        #expect(text(.session(.late)) == "suits this moment")
    }

    @Test func `templates can be replaced`() {
        var words = ExplanationWords()
        words.events[.play] = "weil du %@ gesehen hast"
        words.and = " und "
        #expect(
            words(explanation([(event("100 %@"), 2), (event("Y"), 2)]))
                == "weil du 100 %@ und Y gesehen hast")
    }
}
