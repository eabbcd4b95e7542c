import Learning
import VectorKernels

/// Turns what is known of items into vectors: a vector of each item's own, what its attributes have
/// in common with others', its content vector and its picture.
struct ItemTower: Sendable {
    /// The public attributes.
    let attributes: ItemAttributes?
    private let items: Parameter
    private let shared: Parameter?
    private let content: Linear?
    private let pictures: ContentConvolution?
    private let hidden: Linear
    private let last: Parameter

    /// - Parameters:
    ///   - itemCount: The size of the catalogue.
    ///   - attributes: What is known of the items; nil for nothing.
    ///   - images: Their pictures; nil for none.
    ///   - filters: The number of filters for pictures.
    ///   - width: The length of vectors.
    ///   - hiddenWidth: The number of hidden units.
    ///   - layout: Takes the parameters.
    init(
        itemCount: Int, attributes: ItemAttributes?, images: ItemImages?, filters: Int, width: Int,
        hiddenWidth: Int, in layout: inout ParameterLayout
    ) {
        precondition(attributes?.itemCount ?? itemCount == itemCount)
        precondition(images?.itemCount ?? itemCount == itemCount)
        self.attributes = attributes
        // An item that nobody has met is hardly heard beside its attributes.
        items = layout.addTable("items", rows: itemCount, columns: width, start: .normal(0.01))
        shared = attributes.map {
            layout.addTable(
                "attributes", rows: $0.buckets, columns: width, start: .normal(0.1))
        }
        content = attributes.flatMap {
            $0.contentWidth > 0
                ? Linear(named: "content", $0.contentWidth, width, in: &layout) : nil
        }
        pictures = images.map {
            ContentConvolution(
                named: "pictures", of: $0, filters: filters, width: width, in: &layout)
        }
        hidden = Linear(named: "items.hidden", width, hiddenWidth, in: &layout)
        // A bias would add the same to a person's products with all items.
        last = layout.add("items.last", rows: hiddenWidth, columns: width, start: .glorot)
    }

    /// The sums of the items' own vectors and of their attributes' means, one row for each item.
    ///
    /// - Parameters:
    ///   - items: The items.
    ///   - dropout: The probability that in training an item's own vector is left out.
    ///   - tape: Where it is computed.
    func inputs(_ items: [Int32], dropout: Float, on tape: Tape) -> Tensor {
        let rate = tape.isTraining ? dropout : 0
        let kept = items.map { rate > 0 && tape.random.nextUniform() < rate ? -1 : $0 }
        var x = tape.embedding(tape.keep(kept), of: self.items)
        guard let attributes, let shared else { return x }
        for field in ItemAttributes.Field.allCases {
            let lists = RowLists(items.map { attributes.rows(of: Int($0), field) }, on: tape)
            x = tape.sum(x, lists.means(of: shared, on: tape))
        }
        return x
    }

    /// The vectors of items.
    ///
    /// - Parameters:
    ///   - items: The items.
    ///   - inputs: What ``inputs(_:dropout:on:)`` gave for them.
    ///   - tape: Where it is computed.
    func vectors(_ items: [Int32], inputs: Tensor, on tape: Tape) -> Tensor {
        var x = inputs
        if let attributes, let content {
            let known = tape.constant(
                Array(items.map { attributes.content(of: Int($0)) }.joined()),
                columns: attributes.contentWidth)
            x = tape.sum(
                x,
                tape.dense(known, content.weights, bias: content.bias, reachingInputs: false))
        }
        if let pictures { x = tape.sum(x, pictures(items, on: tape)) }
        return tape.dense(tape.relu(hidden(x, on: tape)), last)
    }
}
