internal import Recommender

extension InteractionData {
    /// The same histories over a catalogue without the items that occur in none of them.
    func droppingUnusedItems() -> InteractionData {
        var isUsed = [Bool](repeating: false, count: catalogue.count)
        for user in users {
            for interaction in user.history { isUsed[Int(interaction.item)] = true }
        }
        guard isUsed.contains(false) else { return self }
        return reorderingItems(catalogue.items.indices.filter { isUsed[$0] })
    }

    /// The same histories over a catalogue of the items at `positions`, in that order.
    ///
    /// Every item that occurs in a history must be among them.
    consuming func reorderingItems(_ positions: [Int]) -> InteractionData {
        var newPosition = [Int32](repeating: -1, count: catalogue.count)
        for (new, old) in positions.enumerated() { newPosition[old] = Int32(new) }
        let items = catalogue.items
        catalogue = Catalogue(items: positions.map { items[$0] })
        for user in users.indices {
            for position in users[user].history.indices {
                let old = Int(users[user].history[position].item)
                users[user].history[position].item = newPosition[old]
            }
        }
        return self
    }
}
