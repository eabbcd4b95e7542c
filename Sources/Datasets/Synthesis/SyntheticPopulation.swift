public import Recommender

/// A made-up population of people and items, for demonstrations, tests and experiments without
/// anybody's real data.
///
/// The same settings give the same population on every machine. It has what recommenders live from:
/// - **Popularity** follows a power law.
/// - **Items** have one to three genres and a year; some are parts of a series. Items of the same
///   genres and era lie close together in a latent space.
/// - **Tastes** concentrate on a few genres and an era, and drift slowly from one to another.
/// - **Order** matters: people often move to an item near the last one or to the next part of a
///   series.
/// - **Contexts** are hours of day; genres have theirs, and so have people.
/// - **Ratings**, where given, are integers from 1 to 5 that follow the fit of taste and item.
/// - **Newcomers**: some people have two to five interactions, all late; some items appear late.
///
/// ```swift
/// var settings = SyntheticPopulation()
/// settings.users = 5_000
/// settings.seed = 7
/// let data = try settings.makeData()
/// ```
public struct SyntheticPopulation: Sendable, Hashable {
    /// The number of people, 1 to 10,000,000.
    public var users = 1_200
    /// The number of items that can be interacted with, 2 to 1,000,000; those nobody came to are
    /// left out of the catalogue.
    public var items = 800
    /// The number of genres, 1 to 1,000.
    public var genres = 18
    /// The mean length of an established person's history, 2 to 100,000; lengths are log-normal, at
    /// least 5 and at most half the items.
    public var meanHistoryLength = 60.0
    /// The power s in popularity ∝ rank^-s before taste acts, 0 to 3.
    public var popularityExponent = 1.4
    /// The dimensions of the latent space of tastes and items, 1 to 256.
    public var tasteDimensions = 16
    /// How far a person's taste moves to a second one over their history: 0 not at all, 1 entirely.
    public var drift = 0.4
    /// The probability that an interaction follows from the one before it, 0 to 1.
    public var sequentialStrength = 0.75
    /// The share of interactions that carry a rating, 0 to 1; the others are implicit.
    public var explicitShare = 0.5
    /// The share of people with only two to five interactions, 0 to 1.
    public var newUserShare = 0.1
    /// The share of items that appear only in the last fifth of the time, 0 to 1.
    public var newItemShare = 0.05
    /// The length of the recorded time in days, 1 to 100,000; it starts on 2024-01-01 UTC.
    public var days = 365
    /// What every random choice derives from.
    public var seed: UInt64 = 1

    /// The default population: 1,200 people, 800 items and some 63,000 interactions.
    public init() {}

    /// Generates the population.
    ///
    /// - Throws: ``DatasetError/invalidSetting(name:value:allowed:)``.
    public func makeData() throws(DatasetError) -> InteractionData {
        try validate()
        let world = SyntheticWorld(self)
        let users = (0..<users).map { number in
            var person = SyntheticPerson(number: number, of: world)
            return InteractionData.User(
                id: "person-\(number + 1)", history: person.makeHistory(in: world))
        }
        return InteractionData(
            name: "synthetic-\(seed)", catalogue: Catalogue(items: world.catalogueItems),
            users: users
        ).droppingUnusedItems()
    }

    private func validate() throws(DatasetError) {
        try require("users", users, in: 1...10_000_000)
        try require("items", items, in: 2...1_000_000)
        try require("genres", genres, in: 1...1_000)
        try require("meanHistoryLength", meanHistoryLength, in: 2...100_000)
        try require("popularityExponent", popularityExponent, in: 0...3)
        try require("tasteDimensions", tasteDimensions, in: 1...256)
        try require("drift", drift, in: 0...1)
        try require("sequentialStrength", sequentialStrength, in: 0...1)
        try require("explicitShare", explicitShare, in: 0...1)
        try require("newUserShare", newUserShare, in: 0...1)
        try require("newItemShare", newItemShare, in: 0...1)
        try require("days", days, in: 1...100_000)
    }

    private func require<Value>(
        _ name: String, _ value: Value, in allowed: ClosedRange<Value>
    ) throws(DatasetError) {
        guard allowed.contains(value) else {
            throw .invalidSetting(
                name: name, value: "\(value)",
                allowed: "\(allowed.lowerBound) to \(allowed.upperBound)")
        }
    }
}
