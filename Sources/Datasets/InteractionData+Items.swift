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
    func reorderingItems(_ positions: [Int]) -> InteractionData {
        var newPosition = [Int32](repeating: -1, count: catalogue.count)
        for (new, old) in positions.enumerated() { newPosition[old] = Int32(new) }
        var result = self
        result.catalogue = Catalogue(items: positions.map { catalogue.items[$0] })
        for user in result.users.indices {
            for position in result.users[user].history.indices {
                let old = Int(result.users[user].history[position].item)
                result.users[user].history[position].item = newPosition[old]
            }
        }
        return result
    }
}
