package import Learning
package import VectorKernels

/// What one example of a batch is.
package enum ExampleUnit: Sendable, Hashable {
    /// One interaction of one person.
    case interaction
    /// One person's whole history.
    case person
}

/// One example: an interaction by its place in a person's history, or the person.
package struct Example: Sendable, Hashable {
    /// The person's number.
    package var person: Int32
    /// The place in the history, from 0; 0 where the example is the person.
    package var place: Int32

    /// Names an example.
    package init(person: Int, place: Int) {
        self.person = Int32(person)
        self.place = Int32(place)
    }
}

/// A recommender as a network: which parameters it has, who holds them, what it minimises on a
/// batch of examples and how it ranks.
///
/// The same network trains on one person's history on a device, where private parameters are that
/// person's, and on everybody's without privacy, where it has as many of them as people.
package protocol RecommenderNetwork: Sendable {
    /// What the settings are.
    associatedtype Configuration: NetworkConfiguration

    /// The settings.
    var configuration: Configuration { get }

    /// The parameters: shared ones, and personal ones that never leave the device.
    var layout: ParameterLayout { get }

    /// The number of items of the catalogue.
    var itemCount: Int { get }

    /// What an example is.
    var unit: ExampleUnit { get }

    /// How many examples are computed at once: few enough that what is between layers stays in a
    /// near cache, enough that products are efficient.
    var chunk: Int { get }

    /// Adds the loss of some examples to the tape: a sum, which the trainer divides by
    /// the number that this returns.
    ///
    /// - Returns: How many terms the loss has.
    func addLoss(of examples: ArraySlice<Example>, in histories: Histories, on tape: Tape) -> Int

    /// A vector of each item, near to those of items like it: `itemCount` rows.
    ///
    /// - Parameter tape: A tape that is not training.
    func itemVectors(on tape: Tape) -> Tensor

    /// A score for every item of the catalogue, higher being better: one row of `itemCount` columns.
    ///
    /// - Parameters:
    ///   - person: The person in `histories`; the tape holds that person's private parameters as
    ///     those of the first.
    ///   - histories: What the person did so far.
    ///   - tape: A tape that is not training.
    func scores(of person: Int, in histories: Histories, on tape: Tape) -> Tensor
}

extension RecommenderNetwork {
    /// Whether an item is of the catalogue.
    func knows(_ item: Int32) -> Bool { item >= 0 && Int(item) < itemCount }

    /// A person's private parameters before the first training: each person's differ.
    func startOfPerson(_ person: Int, seed: UInt64) -> [Float] {
        layout.start(.personal, seed: seed &+ 0x9E37_79B9 &* UInt64(person + 1))
    }
}
