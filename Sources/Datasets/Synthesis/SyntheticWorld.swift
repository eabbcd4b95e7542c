internal import Recommender
internal import Sodium

/// What the people of a ``SyntheticPopulation`` share: items, genres and how they lie to each other.
struct SyntheticWorld {
    let settings: SyntheticPopulation
    let catalogueItems: [Catalogue.Item]
    let items: [SyntheticItem]
    let genres: [SyntheticGenre]
    /// Draws a genre by how common it is.
    let genreShares: CumulativeWeights
    let neighbourhoods: [Neighbourhood]

    /// The items one may move to from an item.
    struct Neighbourhood {
        var items: [Int]
        var weights: CumulativeWeights
    }

    init(_ settings: SyntheticPopulation) {
        self.settings = settings
        var randomness = SeededRandomness(seed: settings.seed, label: "synthetic", "world")
        let genres = (0..<settings.genres).map { number in
            SyntheticGenre(
                number: number, dimensions: settings.tasteDimensions, randomness: &randomness)
        }
        let shares = CumulativeWeights(
            genres.indices.map { portablePower(Double($0) + 3, -0.6) })
        let items = SyntheticItem.makeAll(
            settings, genres: genres, shares: shares, randomness: &randomness)
        self.genres = genres
        self.genreShares = shares
        self.items = items
        catalogueItems = items.enumerated().map { number, item in
            Catalogue.Item(
                id: "item-\(number + 1)", title: item.title(number: number),
                categories: item.genres.map { genres[$0].name }, year: item.year)
        }
        neighbourhoods = Self.makeNeighbourhoods(of: items)
    }

    /// Twenty near neighbours of each item, sought among the hundred before and after it in the
    /// order of first genre and year.
    private static func makeNeighbourhoods(of items: [SyntheticItem]) -> [Neighbourhood] {
        let reach = 100
        let size = 20
        let order = items.indices.sorted {
            (items[$0].genres[0], items[$0].year, $0) < (items[$1].genres[0], items[$1].year, $1)
        }
        var result = [Neighbourhood](
            repeating: Neighbourhood(items: [], weights: CumulativeWeights([])), count: items.count)
        for (place, item) in order.enumerated() {
            let candidates = order[max(0, place - reach)...min(order.count - 1, place + reach)]
            let nearest = candidates.filter { $0 != item }
                .map { (item: $0, closeness: items[item].vector.dot(items[$0].vector)) }
                .sorted { ($1.closeness, $0.item) < ($0.closeness, $1.item) }
                .prefix(size)
            result[item] = Neighbourhood(
                items: nearest.map(\.item),
                weights: CumulativeWeights(
                    nearest.map {
                        portableExp(8 * ($0.closeness - 1))
                            * portablePower(items[$0.item].popularity, 0.6)
                    }))
        }
        return result
    }
}
