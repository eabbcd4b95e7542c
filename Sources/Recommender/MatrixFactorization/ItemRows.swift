/// Which row of the item matrix belongs to which item of the catalogue.
package struct ItemRows: Sendable {
    /// The number of rows.
    package let count: Int
    private let itemCount: Int
    /// The row of each item of the catalogue, -1 if it has none; nil if rows are items.
    private let rowOfItem: [Int32]?

    /// Rows for the kept items, in their order, or for all `itemCount`.
    package init(itemCount: Int, kept: [Int32]?) {
        self.itemCount = itemCount
        guard let kept else {
            count = itemCount
            rowOfItem = nil
            return
        }
        var rowOfItem = [Int32](repeating: -1, count: itemCount)
        for (row, item) in kept.enumerated() {
            precondition(item >= 0 && item < itemCount, "a kept item is not in the catalogue")
            precondition(rowOfItem[Int(item)] < 0, "an item is kept twice")
            rowOfItem[Int(item)] = Int32(row)
        }
        count = kept.count
        self.rowOfItem = rowOfItem
    }

    /// The rows of the interactions' items, repeats included; items without a row, or outside the
    /// catalogue, are left out.
    package func rows(of history: [Interaction]) -> [Int32] {
        var rows = [Int32]()
        rows.reserveCapacity(history.count)
        for interaction in history {
            let item = interaction.item
            guard item >= 0, item < itemCount else { continue }
            let row = rowOfItem?[Int(item)] ?? item
            if row >= 0 { rows.append(row) }
        }
        return rows
    }
}
