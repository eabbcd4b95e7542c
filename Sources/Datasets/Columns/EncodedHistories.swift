package import Recommender

/// Histories of people who follow each other, ready to be written. They can be made in any thread.
package struct EncodedHistories: Sendable {
    /// The position of the first person in the data set.
    let first: Int
    private(set) var records: [UInt8] = []
    /// Where each record ends in ``records``, and how many interactions it has.
    private(set) var entries: [(end: Int, length: UInt32)] = []

    /// Begins with the person at position `first`.
    package init(first: Int) { self.first = first }

    /// The number of people.
    var count: Int { entries.count }

    /// Adds the next person.
    ///
    /// - Precondition: Fewer than 2^32 interactions.
    package mutating func append(_ user: InteractionData.User) {
        HistoryRecord.append(user, position: first + count, to: &records)
        entries.append((end: records.count, length: UInt32(user.history.count)))
    }
}
