internal import Recommender
internal import Sodium

/// Ratings or contexts: how often people give them, and what they and the items get.
struct MarginalValues<Value: Comparable & Sendable>: Sendable {
    private var ofItems = ValueSamples<Value>()
    private var ofPeople = ValueSamples<Value>()
    /// The share of each person's interactions that have a value.
    private var shares: [Double] = []
    private var isEmpty = true

    init(of users: [InteractionData.User], items: Int, _ value: (Interaction) -> Value?) {
        var byItem = [[Value]](repeating: [], count: items)
        for user in users {
            let own = user.history.compactMap(value)
            ofPeople.append(own)
            shares.append(Double(own.count) / Double(max(user.history.count, 1)))
            if !own.isEmpty { isEmpty = false }
            for interaction in user.history {
                if let value = value(interaction) { byItem[Int(interaction.item)].append(value) }
            }
        }
        for values in byItem { ofItems.append(values) }
    }

    /// A value of an item or of a person, with equal chances; nil as often as with the person.
    func draw(_ item: Int, person: Int, _ randomness: inout SeededRandomness) -> Value? {
        guard !isEmpty, randomness.nextUnit() < shares[person] else { return nil }
        if randomness.nextUnit() < 0.5, let value = ofItems.draw(item, &randomness) { return value }
        return ofPeople.draw(person, &randomness)
    }
}
