internal import Foundation
internal import Learning

/// How much of what people do goes to each item, and what follows for training and ranking.
package struct ItemPopularity: Sendable {
    /// What is made of it.
    package let correction: PopularityCorrection
    /// Each item's share, over 0; of those that are not new 1 in all.
    package let shares: [Float]
    /// What ranking adds to each item's score.
    let prior: [Float]
    /// How likely each item is drawn: new ones are not.
    let drawShares: [Float]
    private let table: AliasTable

    /// From votes for each item; those under `least`, which is over 0, count as that.
    ///
    /// New items have none: they rank with what is of middling popularity, and as nobody could turn to
    /// them, interactions are not told apart from them. Where all items are new, none is.
    package init(
        votes: [Float], least: Float = 1, newItems: [Int] = [], _ correction: PopularityCorrection
    ) {
        var votes = votes.map { max($0, least) }
        if newItems.count < votes.count { for item in newItems { votes[item] = 0 } }
        let sum = votes.reduce(0.0) { $0 + Double($1) }
        self.init(known: votes.map { Float(Double($0) / sum) }, correction)
    }

    /// From the shares of items, 0 for new ones.
    private init(known: [Float], _ correction: PopularityCorrection) {
        self.correction = correction
        let sorted = known.filter { $0 > 0 }.sorted()
        shares = known.map { $0 > 0 ? $0 : sorted[sorted.count / 2] }
        prior = shares.map { correction.weight * log($0) }
        let weights = known.map {
            $0 > 0 ? pow(Double($0), Double(correction.negativeExponent)) : 0
        }
        let sum = weights.reduce(0, +)
        drawShares = weights.map { Float($0 / sum) }
        table = AliasTable(weights)
    }

    /// From everybody's histories.
    package init(
        of histories: [[Interaction]], itemCount: Int, newItems: [Int] = [],
        _ correction: PopularityCorrection
    ) {
        var votes = [Float](repeating: 0, count: itemCount)
        for history in histories {
            let vote = Self.vote(of: history)
            for (item, value) in zip(vote.rows, vote.values) { votes[Int(item)] += value }
        }
        self.init(votes: votes, newItems: newItems, correction)
    }

    /// A device's vote for each of its items, of norm 1 over all.
    static func vote(of history: [Interaction]) -> Statistic {
        let items = Set(history.map(\.item)).sorted()
        let vote = 1 / Float(max(items.count, 1)).squareRoot()
        return Statistic(
            rows: items, width: 1, values: [Float](repeating: vote, count: items.count))
    }

    /// Draws an item in proportion to its share to the power of the correction's exponent.
    func draw(_ random: inout SplitMix64) -> Int32 { table.draw(&random) }
}

// In models and broadcasts.
extension ItemPopularity {
    private static var name: String { "popularity" }

    func write(to snapshot: inout Snapshot) {
        snapshot.tensors[Self.name] = Snapshot.Tensor(
            shape: [shares.count], values: zip(shares, drawShares).map { $1 > 0 ? $0 : 0 })
        for setting in PopularityCorrection.rankingSettings {
            snapshot.attributes[setting.name] = setting.text(of: correction)
        }
    }

    /// The popularity in a snapshot; nil where there is none.
    ///
    /// - Throws: ``SnapshotError`` where it is damaged.
    init?(_ snapshot: Snapshot, itemCount: Int) throws(SnapshotError) {
        guard snapshot.tensors[Self.name] != nil else { return nil }
        let shares = try snapshot.values(Self.name, shape: [itemCount])
        var correction = PopularityCorrection()
        for setting in PopularityCorrection.rankingSettings {
            guard let text = snapshot.attributes[setting.name],
                setting.set(text, in: &correction)
            else { throw .damaged }
        }
        guard shares.allSatisfy({ $0 >= 0 && $0 <= 1 }), shares.contains(where: { $0 > 0 })
        else { throw .damaged }
        self.init(known: shares, correction)
    }
}
