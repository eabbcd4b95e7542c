public import VectorKernels

/// A model as devices receive it: item rows in the layout of the scan, the rule for ranking,
/// and the public catalogue, in one signed file that is used where it is mapped.
///
/// The layout is specified in `protocol/model.md`. Opening reads the header and the small parts; rows
/// and texts are read when they are asked for. Of a model with a network, opening reads that and the
/// catalogue as well.
public struct PublishedModel: Sendable {
    /// The version this code writes, and the only one it reads.
    public static let version: UInt32 = 1
    static let magic = [UInt8]("COVEY\0R\n".utf8)
    static let longestHeader = 1 << 24

    /// What the model says of itself.
    public let header: ModelHeader
    /// The rows and priors of the items.
    public let items: ItemTable
    /// The public catalogue.
    public let catalogue: PublishedCatalogue
    /// How a history becomes scores.
    public let rule: RankingRule
    /// What scores all items where the rule is a network.
    package let network: (any Ranker)?
    /// The BLAKE2b-256 of header and signature, which names the whole content.
    public let digest: [UInt8]

    let file: ModelFile
    private let centroids: Range<Int>

    /// How much of a file is checked when it is opened.
    public enum Check: Sendable, Hashable {
        /// The signature and everything that is read at once, which leaves out rows and texts; for a
        /// file that was checked as a whole when it was installed.
        case header
        /// Every byte.
        case everything
    }

    /// Opens a model.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - key: The Ed25519 key that must have signed it; nil takes any model, signed or not.
    ///   - check: How much is checked.
    /// - Throws: ``PublishedModelError``.
    public init(path: String, trusting key: [UInt8]?, check: Check = .everything) throws {
        guard let bytes = try? MappedBytes(path: path) else {
            throw PublishedModelError.unreadable(path: path)
        }
        try self.init(bytes, path: path, trusting: key, check: check)
    }

    /// Opens a model that is in memory; `path` is what errors call it.
    public init(
        _ bytes: MappedBytes, path: String = "the model", trusting key: [UInt8]?,
        check: Check = .everything
    ) throws {
        file = try ModelFile(bytes, path: path)
        try file.verify(trusting: key)
        let large: [Part] = [.items, .identifiers, .index, .titles, .itemCategories]
        try file.verifySections { name in
            check == .everything || !large.contains { $0.rawValue == name }
        }
        header = file.header
        digest = file.digest
        let range = try file.range(of: .items)
        let byteCount = ItemTable.byteCount(
            count: header.items, dimension: header.dimensions, precision: header.precision,
            hasBiases: true)
        centroids = try file.range(of: .centroids)
        guard range.count == byteCount else { throw file.damaged(.items) }
        guard centroids.count == 4 * header.dimensions * header.categories.count else {
            throw file.damaged(.centroids)
        }
        do {
            items = try ItemTable(
                file.bytes, offset: range.lowerBound, count: header.items,
                dimension: header.dimensions, precision: header.precision, hasBiases: true)
        } catch { throw file.damaged(.items) }
        catalogue = try PublishedCatalogue(file)
        rule = try RankingRule(file)
        if case .network(let rule) = rule {
            do { network = try rule.model(for: catalogue.catalogue) } catch {
                throw file.damaged(.network)
            }
        } else {
            network = nil
        }
    }

    /// The file's content.
    public var encoded: [UInt8] { file.bytes.bytes(in: 0..<file.bytes.count) }

    /// The parts of a file.
    enum Part: String, CaseIterable {
        case items, identifiers, index, titles, itemCategories, centroids
        case spectrum, itemScales, covariance, gram, years, content, network
    }

    /// The mean over the items of a category of their rows as pieces of history, before any spectrum,
    /// each item weighted by exp(prior): what a person who picks the category is taken to have chosen.
    public func centroid(ofCategory category: Int) -> [Float] {
        guard header.categories.indices.contains(category) else {
            return [Float](repeating: 0, count: header.dimensions)
        }
        let length = 4 * header.dimensions
        let first = centroids.lowerBound + category * length
        return FloatBytes.decode(file.bytes.bytes(in: first..<first + length))
    }
}
