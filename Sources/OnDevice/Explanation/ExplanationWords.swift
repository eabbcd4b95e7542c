/// Templates that put an explanation into words, in English unless replaced.
///
/// `%@` stands for titles, joined by ``and``.
public struct ExplanationWords: Sendable, Hashable, Codable {
    /// Between the last two titles.
    public var and = " and "
    /// For each kind of event that can be named as a reason.
    public var events: [BehaviourEvent.Kind: String] = [
        .view: "because you looked at %@", .click: "because you chose %@",
        .play: "because you watched %@", .rating: "because you rated %@",
        .purchase: "because you bought %@", .dwell: "because you spent time with %@",
    ]
    /// For items or categories picked at the start.
    public var picks = "because you picked %@"
    /// For each part of the day, where habit is the strongest reason.
    public var dayParts: [ContextFeature.DayPart: String] = [
        .night: "suits your nights", .morning: "suits your mornings",
        .afternoon: "suits your afternoons", .evening: "suits your evenings",
    ]
    /// Where habits of the weekend, or of the days between, are the strongest reason.
    public var weekend = "suits your weekends", weekdays = "suits your weekdays"
    /// Where habits with a device are the strongest reason; `%@` stands for the device.
    public var device = "suits you on your %@"
    /// Where habits within a session are the strongest reason.
    public var session = "suits this moment"
    /// Where nothing the person did speaks for the item.
    public var popularity = "popular with everybody"
    /// Where it is no single thing that the person did.
    public var combination = "goes with all you did so far"

    /// The English templates.
    public init() {}

    /// The strongest reason in words: up to two titles of one kind, a habit, or popularity. What the
    /// person did with the item itself is no reason to name, and neither is what they turned down.
    public func callAsFunction(_ explanation: Explanation) -> String {
        let reasons = explanation.reasons.filter {
            template($0.source) != nil && $0.source.subject != .item(explanation.item)
        }
        let habit = explanation.partsBesideEvidence.compactMap {
            part -> (ContextFeature, Double)? in
            guard case .habit(let feature) = part.source, part.amount > 0 else { return nil }
            return (feature, part.amount)
        }.max { $0.1 < $1.1 }
        if let strongest = reasons.first, strongest.amount >= habit?.1 ?? 0 {
            // A second title is named where it is a reason of the same kind and half as strong.
            let second = reasons.dropFirst().first {
                template($0.source) == template(strongest.source)
                    && $0.amount >= strongest.amount / 2
            }
            let titles = [strongest] + (second.map { [$0] } ?? [])
            return fill(
                template(strongest.source) ?? "",
                titles.map { explanation.title(of: $0.source) }.joined(separator: and))
        }
        if let habit { return words(for: habit.0) }
        let isCombined = explanation.partsBesideEvidence.contains { $0.source == .combination }
        return isCombined && explanation.hasEvidence ? combination : popularity
    }

    private func template(_ source: Evidence.Source) -> String? {
        if case .event(let event) = source { events[event.kind] } else { picks }
    }

    private func words(for feature: ContextFeature) -> String {
        switch feature {
        case .hour(let part): dayParts[part] ?? session
        case .weekday(let isWeekend): isWeekend ? weekend : weekdays
        case .device(let name): fill(device, name)
        case .session: session
        }
    }

    private func fill(_ template: String, _ text: String) -> String {
        guard let place = template.firstRange(of: "%@") else { return template }
        return template.replacingCharacters(in: place, with: text)
    }
}

extension StringProtocol {
    fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
        String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
    }
}
