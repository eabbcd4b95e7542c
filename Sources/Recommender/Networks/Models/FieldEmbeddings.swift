import Learning
import VectorKernels

/// What pointwise networks take in of a request and an item: vectors of one length, side by side.
///
/// In this order: the person, the mean of the latest items, each field of the context, the item and,
/// where they are known, each field of its attributes.
struct FieldEmbeddings: Sendable {
    /// The length of a vector.
    let width: Int
    private let itemAttributes: ItemAttributes?
    private let person: Parameter
    private let items: Parameter
    private let contexts: Parameter
    private let attributes: Parameter?

    /// - Parameters:
    ///   - width: The length of a vector.
    ///   - itemCount: The size of the catalogue.
    ///   - itemAttributes: What is publicly known of the items; nil for nothing.
    ///   - layout: Takes the parameters.
    init(
        width: Int, itemCount: Int, attributes itemAttributes: ItemAttributes?,
        in layout: inout ParameterLayout
    ) {
        precondition(itemAttributes?.itemCount ?? itemCount == itemCount)
        self.width = width
        self.itemAttributes = itemAttributes
        person = layout.addTable(
            "person", rows: 1, columns: width, start: .normal(0.1), scope: .personal)
        items = layout.addTable("items", rows: itemCount, columns: width, start: .normal(0.1))
        contexts = layout.addTable(
            "contexts", rows: ContextFeatures.rowCount, columns: width, start: .normal(0.1))
        attributes = itemAttributes.map {
            layout.addTable(
                "attributes", rows: $0.buckets, columns: width, start: .normal(0.1))
        }
    }

    private var requestFields: Int { 2 + ContextFeatures.fieldCount }

    /// The number of vectors side by side.
    var count: Int {
        requestFields + 1 + (itemAttributes == nil ? 0 : ItemAttributes.Field.allCases.count)
    }

    /// The vectors of all items alone, one row for each.
    func itemVectors(on tape: Tape) -> Tensor { tape.parameters[items] }

    /// The vectors of requests, one row for each.
    func requests(_ requests: Requests, on tape: Tape) -> Tensor {
        tape.concatenated(
            tape.embedding(tape.keep(requests.people), of: person),
            RowLists(requests.latest, on: tape).means(of: items, on: tape),
            tape.embedding(tape.keep(requests.contexts), of: contexts)
                .reshaped(columns: ContextFeatures.fieldCount * width))
    }

    /// The vectors of pairs of a request and an item, one row for each.
    ///
    /// - Parameters:
    ///   - chosen: The items.
    ///   - requests: What ``requests(_:on:)`` gave.
    ///   - rows: The request of each pair.
    ///   - tape: Where it is computed.
    func pairs(
        _ chosen: [Int32], requests: Tensor, rows: [Int32], on tape: Tape
    ) -> Tensor {
        let requests = tape.take(tape.keep(rows), of: requests)
        let own = tape.embedding(tape.keep(chosen), of: items)
        guard let itemAttributes, let attributes else { return tape.concatenated(requests, own) }
        let fields = ItemAttributes.Field.allCases.map { field in
            RowLists(chosen.map { itemAttributes.rows(of: Int($0), field) }, on: tape)
                .means(of: attributes, on: tape)
        }
        return tape.concatenated([requests, own] + fields)
    }
}
