package import OnDevice
package import Recommender

/// A history as a device's store keeps it, and back.
package struct HistoryEvents: Sendable {
    private let catalogue: Catalogue
    private let numbers: [String: Int]

    /// - Parameter catalogue: The public items, whose identifiers differ.
    package init(catalogue: Catalogue) {
        self.catalogue = catalogue
        numbers = Dictionary(
            catalogue.items.enumerated().map { ($1.id, $0) },
            uniquingKeysWith: { first, _ in first })
    }

    /// The events of a history. Of a context the hour is kept: what a data set tells of it.
    package func events(of history: [Interaction]) -> [BehaviourEvent] {
        history.map { interaction in
            BehaviourEvent(
                item: catalogue.items[Int(interaction.item)].id,
                kind: interaction.rating == nil ? .play : .rating, time: interaction.timestamp,
                value: interaction.rating.map { Double($0) },
                context: interaction.context.flatMap {
                    $0 < 24 ? EventContext(hour: $0, weekday: 1) : nil
                })
        }
    }

    /// The history that events tell, the oldest first; without those whose items the catalogue does not
    /// have.
    package func history(from events: [BehaviourEvent]) -> [Interaction] {
        events.compactMap { event in
            numbers[event.item].map { item in
                Interaction(
                    item: item, timestamp: event.time,
                    rating: event.kind == .rating ? event.value.map { Float($0) } : nil,
                    context: event.context?.hour)
            }
        }
    }
}
