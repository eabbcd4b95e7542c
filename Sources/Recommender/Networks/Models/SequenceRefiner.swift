internal import Foundation
package import Learning
package import VectorKernels

/// A small transformer that corrects the user embedding of private co-occurrence.
///
/// Item rows, priors and the closed form of the user embedding come from a ``CoOccurrenceModel`` and
/// stay as they are; a causal transformer over the history's rows adds a correction to the user
/// embedding after each event. Its last layer starts at zero, so that training starts exactly at the
/// quality of co-occurrence, with a tenth of the parameters of a network with embeddings of its own
/// to drown in noise.
package struct SequenceRefiner: RecommenderNetwork {
    /// The settings.
    package struct Configuration: NetworkConfiguration {
        /// The number of columns of item rows.
        package var dimensions: Int
        /// The most events of a history that the transformer looks at, the latest.
        package var length: Int
        /// The number of transformer blocks.
        package var blocks: Int
        /// The number of attention heads.
        package var heads: Int
        /// The probability of dropout.
        package var dropout: Float
        /// Items drawn against each person's events.
        package var negatives: Int
        /// How events of a history weigh by age.
        package var weights: RecencyWeights

        /// A single block unless told otherwise.
        package init(
            dimensions: Int = 64, length: Int = 50, blocks: Int = 1, heads: Int = 1,
            dropout: Float = 0, negatives: Int = 64, weights: RecencyWeights = RecencyWeights()
        ) {
            self.dimensions = dimensions
            self.length = length
            self.blocks = blocks
            self.heads = heads
            self.dropout = dropout
            self.negatives = negatives
            self.weights = weights
        }

        package static var settings: [NetworkSetting<Self>] {
            [
                .integer("dimensions", \.dimensions, 1...1024),
                .integer("length", \.length, 2...4096), .integer("blocks", \.blocks, 1...32),
                .integer("heads", \.heads, 1...64), .number("dropout", \.dropout, 0...0.95),
                .integer("negatives", \.negatives, 1...4096),
                .number("decay", \.weights.decay, 1e-6...1e6),
                .number("slowWeight", \.weights.slowWeight, 0...1e6),
                .number("slowDecay", \.weights.slowDecay, 1e-6...1e6),
            ]
        }

        package var name: String { "sequence-refiner" }
        /// Priors of co-occurrence do.
        package var drawsNegatives: Bool { false }
        package var title: String { "refined co-occurrence" }
        package var contradiction: String? {
            TransformerBlock.contradiction(heads: heads, dimensions: dimensions)
        }

        package func makeNetwork(for catalogue: Catalogue) -> any RecommenderNetwork {
            SequenceRefiner(itemCount: catalogue.count, configuration: self)
        }
    }

    /// The settings.
    package let configuration: Configuration
    package let itemCount: Int
    package let layout: ParameterLayout
    package let unit = ExampleUnit.person
    package let chunk = 1

    // What co-occurrence gave.
    private let candidates: Parameter
    private let history: Parameter
    private let priors: Parameter
    private let covariance: Parameter

    private let positions: Parameter
    private let blocks: [TransformerBlock]
    private let correction: Linear
    private var weights: RecencyWeights { configuration.weights }
    private var dimensions: Int { configuration.dimensions }

    /// The names of what co-occurrence gives begin with this; training leaves them.
    static let frozenPrefix = "base."

    /// The network for a catalogue.
    package init(itemCount: Int, configuration: Configuration = Configuration()) {
        self.itemCount = itemCount
        self.configuration = configuration
        let dimensions = configuration.dimensions
        var layout = ParameterLayout()
        func table(_ name: String, rows: Int, columns: Int) -> Parameter {
            layout.addTable(
                Self.frozenPrefix + name, rows: rows, columns: columns, start: .constant(0))
        }
        candidates = table("candidates", rows: itemCount, columns: dimensions)
        history = table("history", rows: itemCount, columns: dimensions)
        priors = table("priors", rows: itemCount, columns: 1)
        covariance = table("covariance", rows: dimensions, columns: dimensions)
        positions = layout.addTable(
            "positions", rows: configuration.length, columns: dimensions, start: .normal(0.02))
        blocks = (0..<configuration.blocks).map {
            TransformerBlock(named: "block\($0)", width: dimensions, in: &layout)
        }
        correction = Linear(
            named: "correction", dimensions, dimensions, in: &layout, start: .constant(0))
        self.layout = layout
    }

    package func itemVectors(on tape: Tape) -> Tensor { tape.parameters[candidates] }

    package func addLoss(
        of examples: ArraySlice<Example>, in histories: Histories, on tape: Tape
    ) -> Int {
        var terms = 0
        for example in examples {
            let person = Int(example.person)
            let events = histories.count(of: person) - 1
            guard events > 0 else { continue }
            let states = states(of: person, events: events, in: histories, on: tape)
            let first = events - states.rows
            let targets = tape.keep(
                (first..<events).map { histories.item($0 + 1, of: person) })
            let drawn = tape.keep(
                (0..<configuration.negatives).map { _ in
                    histories.negative(for: person, random: &tape.random)
                })
            let own = tape.sum(
                tape.rowProducts(states, tape.embedding(targets, of: candidates)),
                tape.embedding(targets, of: priors))
            let others = tape.products(states, withRowsOf: tape.embedding(drawn, of: candidates))
            let rates = tape.embedding(drawn, of: priors).reshaped(columns: drawn.count)
            let logits = tape.concatenated(own, tape.shifted(others, byRow: rates))
            tape.addSampledSoftmax(logits, scale: 1)
            terms += states.rows
        }
        return terms
    }

    package func scores(of person: Int, in histories: Histories, on tape: Tape) -> Tensor {
        let priors = tape.parameters[priors].reshaped(columns: itemCount)
        let events = histories.count(of: person)
        guard events > 0 else { return priors }
        let states = states(of: person, events: events, in: histories, on: tape)
        let last = states.rows(states.rows - 1..<states.rows)
        return tape.sum(tape.products(last, withRowsOf: tape.parameters[candidates]), priors)
    }

    /// The corrected user embedding after each of the latest of a person's first `events` events.
    private func states(
        of person: Int, events: Int, in histories: Histories, on tape: Tape
    ) -> Tensor {
        let length = min(configuration.length, events)
        let rows = tape.embedding(
            tape.keep((0..<events).map { histories.item($0, of: person) }), of: history)
        let users = users(rows, latest: length, on: tape)
        // Rows of co-occurrence are short; normalisation begins every block, but not its keys.
        var x = normalized(rows.rows(events - length..<events), on: tape)
        let places = tape.keep(configuration.length - length..<configuration.length)
        x = tape.sum(x, tape.embedding(places, of: positions))
        let runs = tape.keep([0, Int32(length)])
        for block in blocks {
            x = block(
                x, runs: runs, heads: configuration.heads, dropout: configuration.dropout,
                on: tape)
        }
        return tape.sum(users, correction(x, on: tape))
    }

    /// Each row divided by its root mean square, as a constant.
    private func normalized(_ rows: Tensor, on tape: Tape) -> Tensor {
        var values = tape.memory.read(rows)
        for row in 0..<rows.rows {
            let range = row * dimensions..<(row + 1) * dimensions
            let square = values[range].reduce(0) { $0 + $1 * $1 } / Float(dimensions)
            guard square > 0 else { continue }
            for index in range { values[index] /= square.squareRoot() }
        }
        return tape.constant(values, columns: dimensions)
    }

    /// The closed form of the user embedding after each of the latest events, as a constant:
    /// affinities to items have a standard deviation of 1.
    private func users(_ rows: Tensor, latest length: Int, on tape: Tape) -> Tensor {
        let values = tape.memory.read(rows)
        let fast = exp(Float(-1 / weights.decay))
        let slow = exp(Float(-1 / weights.slowDecay))
        var (recent, whole) = (
            [Float](repeating: 0, count: dimensions), [Float](repeating: 0, count: dimensions)
        )
        var users: [Float] = []
        users.reserveCapacity(length * dimensions)
        for row in 0..<rows.rows {
            for column in 0..<dimensions {
                let value = values[row * dimensions + column]
                recent[column] = recent[column] * fast + value
                whole[column] = whole[column] * slow + value
            }
            guard row >= rows.rows - length else { continue }
            for column in 0..<dimensions {
                users.append(recent[column] + Float(weights.slowWeight) * whole[column])
            }
        }
        let raw = tape.constant(users, columns: dimensions)
        let variances = tape.memory.read(
            tape.rowProducts(tape.products(raw, withRowsOf: tape.parameters[covariance]), raw))
        for (row, variance) in variances.enumerated() {
            let scale = 1 / max(variance.squareRoot(), 1e-9)
            for index in row * dimensions..<(row + 1) * dimensions {
                users[index] = variance > 0 ? users[index] * scale : 0
            }
        }
        return tape.constant(users, columns: dimensions)
    }

    /// The values of the shared parameters for what co-occurrence gave, the others as they start.
    func start(from content: RankingContent, seed: UInt64) -> [Float] {
        guard case .recency(let rule) = content.rule, content.dimensions <= dimensions else {
            return layout.start(.shared, seed: seed)
        }
        let columns = content.dimensions
        func padded(_ rows: Int, _ value: (Int, Int) -> Float) -> [Float] {
            (0..<rows * dimensions).map { index in
                let (row, column) = index.quotientAndRemainder(dividingBy: dimensions)
                return row < rows && column < columns ? value(row, column) : 0
            }
        }
        let candidates = padded(itemCount) { content.rows[$0 * columns + $1] }
        let history = padded(itemCount) {
            content.rows[$0 * columns + $1] * rule.spectrum[$1] * rule.itemScales[$0]
        }
        let covariance = padded(dimensions) {
            $0 < columns ? rule.covariance[$0 * columns + $1] : 0
        }
        let given = candidates + history + content.priors + covariance
        return given + layout.start(.shared, seed: seed).dropFirst(given.count)
    }
}
