import Recommender

/// What anybody may know of a training's data: the catalogue, how popular each item is, and how it
/// is rated. Attackers make their histories from it and from nothing else.
struct PublicKnowledge: Sendable {
    /// The items.
    let catalogue: Catalogue
    /// How often each item was chosen.
    let popularity: [Int]
    /// How items are rated; nil where histories carry no ratings, or training takes no notice of
    /// them.
    let ratings: Ratings?

    /// The items from the most popular on, equal ones in item order.
    let byPopularity: [Int]

    /// Public figures about ratings.
    struct Ratings: Sendable {
        /// The lowest and the highest rating.
        let scale: ClosedRange<Float>
        /// The distance of neighbouring ratings; 0 where they are not on a grid of halves.
        let step: Float
        /// The mean of all ratings.
        let mean: Float
        /// Their standard deviation.
        let deviation: Float
        /// The mean rating of each item, that of all where it has none.
        let itemMeans: [Float]

        /// A rating on the scale near `value`.
        func nearest(to value: Float) -> Float {
            let onGrid = step > 0 ? (value / step).rounded() * step : value
            return min(max(onGrid, scale.lowerBound), scale.upperBound)
        }
    }

    /// What histories would show in a survey.
    ///
    /// - Parameters:
    ///   - catalogue: The items.
    ///   - histories: What people did.
    ///   - usesRatings: Whether training looks at ratings.
    init(catalogue: Catalogue, histories: some Sequence<[Interaction]>, usesRatings: Bool) {
        var popularity = [Int](repeating: 0, count: catalogue.count)
        var (counts, sums) = (popularity, [Double](repeating: 0, count: catalogue.count))
        var (sum, squares, count) = (0.0, 0.0, 0)
        var (lowest, highest) = (Float.infinity, -Float.infinity)
        var step: Float = 1
        for history in histories {
            for interaction in history {
                let item = Int(interaction.item)
                popularity[item] += 1
                guard usesRatings, let rating = interaction.rating else { continue }
                counts[item] += 1
                sums[item] += Double(rating)
                sum += Double(rating)
                squares += Double(rating) * Double(rating)
                count += 1
                lowest = min(lowest, rating)
                highest = max(highest, rating)
                while step > 0, (rating / step).rounded() * step != rating {
                    step = step == 1 ? 0.5 : 0
                }
            }
        }
        self.catalogue = catalogue
        self.popularity = popularity
        byPopularity = popularity.indices.sorted {
            (popularity[$1], $0) < (popularity[$0], $1)
        }
        guard count > 0 else {
            ratings = nil
            return
        }
        let mean = sum / Double(count)
        ratings = Ratings(
            scale: lowest...highest, step: step, mean: Float(mean),
            deviation: Float(max(0, squares / Double(count) - mean * mean).squareRoot()),
            itemMeans: zip(sums, counts).map { Float($1 > 0 ? $0 / Double($1) : mean) })
    }

    /// The number of an item of the catalogue.
    ///
    /// - Throws: ``ScenarioError`` where there is none.
    func item(id: String) throws(ScenarioError) -> Int {
        guard let item = catalogue.items.firstIndex(where: { $0.id == id }) else {
            throw .contradiction(
                "adversary.target: no item of the catalogue is called '\(id)'; "
                    + "give the identifier of one, or auto")
        }
        return item
    }

    /// The items of a category from the most popular on.
    ///
    /// - Throws: ``ScenarioError`` where there is none.
    func items(of category: String) throws(ScenarioError) -> [Int] {
        let items = byPopularity.filter { catalogue.items[$0].categories.contains(category) }
        guard !items.isEmpty else {
            let known = Set(catalogue.items.flatMap(\.categories)).sorted().prefix(20)
            throw .contradiction(
                "adversary.segment: no item is of the category '\(category)'; "
                    + (known.isEmpty
                        ? "the catalogue has no categories"
                        : "there are, among others: " + known.joined(separator: ", ")))
        }
        return items
    }

    /// The items that few know: the least popular fifth of those that anybody knows.
    var unpopularItems: [Int] {
        let known = byPopularity.filter { popularity[$0] > 0 && !catalogue.items[$0].isNew }
        return known.suffix(max(1, known.count / 5))
    }
}
