/// Items, each once, in the order in which they first appear.
struct DistinctItems {
    private(set) var items: [Int32] = []
    private var rowOfItem: [Int32: Int32] = [:]

    init(_ items: some Sequence<Int32>) {
        for item in items where rowOfItem[item] == nil {
            rowOfItem[item] = Int32(self.items.count)
            self.items.append(item)
        }
    }

    /// The places of some of the items.
    func rows(of items: [Int32]) -> [Int32] { items.compactMap { rowOfItem[$0] } }
}
