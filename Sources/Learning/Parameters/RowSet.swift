/// Some rows of a table, in the order in which they were added; or all.
struct RowSet {
    private(set) var rows: [Int32] = []
    private(set) var isAll: Bool
    private var isMember: [Bool]

    /// No rows of a table of `count`.
    init(of count: Int) {
        isMember = [Bool](repeating: false, count: count)
        isAll = false
    }

    mutating func insert(_ row: Int32) {
        guard !isAll, !isMember[Int(row)] else { return }
        isMember[Int(row)] = true
        rows.append(row)
    }

    mutating func insertAll() { isAll = true }

    mutating func formUnion(_ other: RowSet) {
        if other.isAll { insertAll() }
        for row in other.rows { insert(row) }
    }

    mutating func removeAll() {
        for row in rows { isMember[Int(row)] = false }
        rows.removeAll(keepingCapacity: true)
        isAll = false
    }
}
