/// An item that may be recommended, as the scoring model hands it to the ``Reranker``.
public struct Candidate: Sendable, Hashable {
    /// The item's number in the catalogue.
    public var item: Int32
    /// What the model expects of it; higher is better, on any scale.
    public var score: Double
    /// The item's embedding, of any length; only its direction matters.
    public var vector: [Float]
    /// The categories that the item belongs to, in any order; may be empty.
    public var categories: [Int]
    /// How often this device was shown the item lately, older occasions counting less; at least 0.
    public var exposure: Double

    /// Describes a candidate.
    public init(
        item: Int32, score: Double, vector: [Float], categories: [Int] = [], exposure: Double = 0
    ) {
        self.item = item
        self.score = score
        self.vector = vector
        self.categories = categories
        self.exposure = exposure
    }
}
