internal import Foundation
public import Sodium
public import VectorKernels

/// A trained model on its way to the devices.
public struct Publication: Sendable {
    /// What the model is called, the same for all its releases.
    public var name: String
    /// Which release it is.
    public var release: Int
    /// What devices need to rank with it.
    public var content: RankingContent
    /// The items, in the order of the rows.
    public var catalogue: Catalogue
    /// The hash of the training snapshot, as the ledger states it, in hexadecimal.
    public var source: String

    /// Collects what is published.
    public init(
        name: String, release: Int, content: RankingContent, catalogue: Catalogue, source: String
    ) {
        precondition(content.itemCount == catalogue.count)
        self.name = name
        self.release = release
        self.content = content
        self.catalogue = catalogue
        self.source = source
    }

    /// What a device's store takes, in bytes.
    private static let (longestIdentifier, longestName) = (256, 200)

    /// The bytes of the file.
    ///
    /// - Parameters:
    ///   - precision: How rows are kept.
    ///   - key: The publisher's; nil leaves the file unsigned, and devices will not take it.
    /// - Throws: ``PublicationError``.
    public func encoded(precision: VectorPrecision, key: SigningKey?) throws -> [UInt8] {
        guard content.rows.allSatisfy(\.isFinite), content.priors.allSatisfy(\.isFinite),
            content.rule.isUsable(items: content.itemCount, dimensions: content.dimensions)
        else { throw PublicationError.notFinite }
        guard (1...Self.longestName).contains(name.utf8.count) else {
            throw PublicationError.invalidName(name)
        }
        for item in catalogue.items
        where !(1...Self.longestIdentifier).contains(item.id.utf8.count) {
            throw PublicationError.invalidIdentifier(item.id)
        }
        let categories = Set(catalogue.items.flatMap(\.categories)).sorted()
        guard categories.count <= Int(UInt16.max) else {
            throw PublicationError.tooManyCategories(categories.count)
        }
        let table = ItemTable.encode(
            rows: content.rows, dimension: content.dimensions, biases: content.priors,
            precision: precision)
        let header = ModelHeader(
            name: name, release: release, source: source, items: content.itemCount,
            dimensions: content.dimensions, precision: precision,
            quantization: QuantizationError(
                of: content.rows, dimensions: content.dimensions,
                in: try ItemTable(
                    MappedBytes(copying: table), offset: 0, count: content.itemCount,
                    dimension: content.dimensions, precision: precision, hasBiases: true)),
            categories: categories, rule: content.rule.name, settings: content.rule.settings,
            publicKey: nil, sections: [])
        let small =
            content.rule.parts + [(.centroids, centroids(of: categories))]
            + (try PublishedCatalogue.parts(of: catalogue, categories: categories))
        return try ModelFile.encode(header, sections: small + [(.items, table)], key: key)
    }

    /// See ``PublishedModel/centroid(ofCategory:)``.
    private func centroids(of categories: [String]) -> [UInt8] {
        let numbers = Dictionary(uniqueKeysWithValues: categories.enumerated().map { ($1, $0) })
        let width = content.dimensions
        var sums = [Double](repeating: 0, count: categories.count * width)
        var weights = [Double](repeating: 0, count: categories.count)
        let largest = content.priors.max() ?? 0
        for (item, description) in catalogue.items.enumerated() {
            let weight = exp(Double(content.priors[item] - largest))
            for category in description.categories {
                guard let number = numbers[category] else { continue }
                weights[number] += weight
                let scale = weight * content.rule.historyScale(of: item)
                for column in 0..<width {
                    sums[number * width + column] +=
                        scale * Double(content.rows[item * width + column])
                }
            }
        }
        return FloatBytes.encode(
            sums.indices.map {
                let weight = weights[$0 / width]
                return weight > 0 ? Float(sums[$0] / weight) : 0
            })
    }
}

/// Why a model cannot be published.
public enum PublicationError: Error, Equatable, CustomStringConvertible {
    /// A row, a prior or a number of the rule is not finite or out of range.
    case notFinite
    /// More categories than numbers for them.
    case tooManyCategories(Int)
    /// An identifier is empty or longer than 256 bytes.
    case invalidIdentifier(String)
    /// The model's name is empty or longer than 200 bytes.
    case invalidName(String)
    /// Two items share an identifier.
    case repeatedIdentifier(String)
    /// Identifiers or titles are longer than 4 GiB together.
    case tooMuchText

    /// The cause and the remedy, in one line.
    public var description: String {
        switch self {
        case .notFinite: "the model holds values that are not finite; train it again"
        case .tooManyCategories(let count):
            "the catalogue has \(count) categories; a published model holds at most 65,535"
        case .invalidIdentifier(let id):
            "an item's identifier '\(id.prefix(60))' is empty or longer than 256 bytes; shorten it"
        case .invalidName(let name):
            "the model's name '\(name.prefix(60))' is empty or longer than 200 bytes; shorten it"
        case .repeatedIdentifier(let id): "two items of the catalogue have the identifier '\(id)'"
        case .tooMuchText: "the catalogue's texts are longer than 4 GiB"
        }
    }
}
