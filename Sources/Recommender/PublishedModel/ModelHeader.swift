internal import Foundation
public import VectorKernels

/// What a published model says of itself, in canonical JSON under the publisher's signature.
public struct ModelHeader: Sendable, Hashable, Codable {
    /// What the model is called, the same for all its releases.
    public var name: String
    /// Which release it is; later ones have larger numbers.
    public var release: Int
    /// The hash of the model's training snapshot, as the ledger states it, in hexadecimal.
    public var source: String
    /// The number of items of the catalogue.
    public var items: Int
    /// The number of columns of an item's row.
    public var dimensions: Int
    /// How rows are kept.
    public var precision: VectorPrecision
    /// What keeping them so has cost.
    public var quantization: QuantizationError
    /// The names of the categories, in the order of their numbers.
    public var categories: [String]
    /// The rule: "recency" or "ridge", which make a user embedding, or "network".
    public var rule: String
    /// The numbers of the rule.
    public var settings: [String: Double]
    /// The Ed25519 key whose signature follows, in hexadecimal; nil where there is none.
    public var publicKey: String?
    /// Where the parts of the file are.
    public var sections: [Section]

    /// One part of the file.
    public struct Section: Sendable, Hashable, Codable {
        /// Its name: "items", "identifiers", "covariance".
        public var name: String
        /// Its first byte, from the end of the signature rounded up to 64.
        public var offset: Int
        /// Its length in bytes.
        public var length: Int
        /// The BLAKE2b-256 of its bytes, in hexadecimal.
        public var digest: String
    }

    /// The bytes that are signed and written.
    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(self))
    }

    static func decode(_ bytes: [UInt8]) throws -> ModelHeader {
        try JSONDecoder().decode(ModelHeader.self, from: Data(bytes))
    }
}

/// How far kept rows are from the rows that training gave.
public struct QuantizationError: Sendable, Hashable, Codable {
    /// The root of the summed squared differences over the summed squared values.
    public var relative: Double
    /// The largest norm of one item's difference over the norm of its row.
    public var worst: Double

    /// Compares rows of `dimensions` columns with what a table kept of them.
    init(of rows: [Float], dimensions: Int, in table: ItemTable) {
        var (differences, values) = (0.0, 0.0)
        worst = 0
        for item in 0..<table.count {
            let kept = table.row(item)
            var (difference, value) = (0.0, 0.0)
            for column in 0..<dimensions {
                let exact = Double(rows[item * dimensions + column])
                let error = Double(kept[column]) - exact
                difference += error * error
                value += exact * exact
            }
            differences += difference
            values += value
            if value > 0 { worst = max(worst, (difference / value).squareRoot()) }
        }
        relative = values > 0 ? (differences / values).squareRoot() : 0
    }
}
