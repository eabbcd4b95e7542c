package import Learning
package import VectorKernels

/// Convolutions over a person's latest items: Tang and Wang, "Personalized top-N sequential
/// recommendation via convolutional sequence embedding" (Caser), WSDM 2018.
///
/// The vectors of the latest items, one below the other, are an image. Horizontal filters of every
/// height look for what goes together, vertical ones weigh the items; beside what comes of them
/// stands a private vector of the person, for lasting taste.
package struct ConvolutionalSequence: RecommenderNetwork {
    /// The settings.
    package struct Configuration: NetworkConfiguration {
        /// The length of item and person vectors.
        package var dimensions: Int
        /// How many of the latest items are looked at: L of the paper.
        package var length: Int
        /// How many of the items that follow are targets: T of the paper.
        package var targets: Int
        /// The number of horizontal filters of each height.
        package var horizontalFilters: Int
        /// The number of vertical filters.
        package var verticalFilters: Int
        /// Items drawn against each target.
        package var negatives: Int
        /// The probability of dropout of what the filters gave.
        package var dropout: Float

        /// The settings of the authors' program for MovieLens-1M unless told otherwise, with the
        /// paper's three negatives for each target.
        package init(
            dimensions: Int = 50, length: Int = 5, targets: Int = 3, horizontalFilters: Int = 16,
            verticalFilters: Int = 4, negatives: Int = 3, dropout: Float = 0.5
        ) {
            self.dimensions = dimensions
            self.length = length
            self.targets = targets
            self.horizontalFilters = horizontalFilters
            self.verticalFilters = verticalFilters
            self.negatives = negatives
            self.dropout = dropout
        }

        package static var settings: [NetworkSetting<Self>] {
            [
                .integer("dimensions", \.dimensions, 1...1024),
                .integer("length", \.length, 1...64),
                .integer("targets", \.targets, 1...16),
                .integer("horizontalFilters", \.horizontalFilters, 1...256),
                .integer("verticalFilters", \.verticalFilters, 1...256),
                .integer("negatives", \.negatives, 1...100),
                .number("dropout", \.dropout, 0...0.95),
            ]
        }

        package var name: String { "caser" }
        package var title: String { "Caser" }

        package func makeNetwork(for catalogue: Catalogue) -> any RecommenderNetwork {
            ConvolutionalSequence(itemCount: catalogue.count, configuration: self)
        }
    }

    /// The settings.
    package let configuration: Configuration
    package let itemCount: Int
    package let layout: ParameterLayout
    package let unit = ExampleUnit.interaction
    package let chunk = 32

    private let items: Parameter
    private let person: Parameter
    private let horizontal: [Linear]
    private let vertical: Linear
    private let hidden: Linear
    private let outputs: Parameter
    private let bias: Parameter

    /// The network for a catalogue.
    package init(itemCount: Int, configuration: Configuration = Configuration()) {
        self.itemCount = itemCount
        self.configuration = configuration
        let (width, length) = (configuration.dimensions, configuration.length)
        let deviation = 1 / Float(width)
        var layout = ParameterLayout()
        items = layout.addTable(
            "items", rows: itemCount, columns: width, start: .normal(deviation))
        person = layout.addTable(
            "person", rows: 1, columns: width, start: .normal(deviation), scope: .personal)
        horizontal = (1...length).map {
            Linear(
                named: "horizontal\($0)", $0 * width, configuration.horizontalFilters,
                in: &layout)
        }
        vertical = Linear(named: "vertical", length, configuration.verticalFilters, in: &layout)
        hidden = Linear(
            named: "hidden",
            length * configuration.horizontalFilters + width * configuration.verticalFilters,
            width, in: &layout)
        outputs = layout.addTable(
            "outputs", rows: itemCount, columns: 2 * width, start: .normal(deviation / 2))
        // No table, so that rows of the tables' common width remain what a device contributes.
        bias = layout.add("outputs.bias", rows: itemCount, columns: 1)
        self.layout = layout
    }

    package func itemVectors(on tape: Tape) -> Tensor { tape.parameters[items] }

    package func addLoss(
        of examples: ArraySlice<Example>, in histories: Histories, on tape: Tape
    ) -> Int {
        // Before the first interaction there is nothing to look at.
        let examples = examples.filter { $0.place > 0 }
        guard !examples.isEmpty else { return 0 }
        var (states, candidates, labels): ([Int32], [Int32], [Float]) = ([], [], [])
        for (row, example) in examples.enumerated() {
            let (person, first) = (Int(example.person), Int(example.place))
            let end = min(first + configuration.targets, histories.count(of: person))
            for place in first..<end {
                candidates.append(histories.item(place, of: person))
                for _ in 0..<configuration.negatives {
                    candidates.append(histories.negative(for: person, random: &tape.random))
                }
                labels.append(1)
                labels.append(contentsOf: repeatElement(0, count: configuration.negatives))
            }
            states.append(
                contentsOf: repeatElement(
                    Int32(row), count: candidates.count - states.count))
        }
        let x = self.states(
            windows: examples.map {
                window(before: Int($0.place), of: Int($0.person), in: histories)
            },
            people: examples.map(\.person), on: tape)
        let chosen = tape.keep(candidates)
        let logits = tape.sum(
            tape.rowProducts(
                tape.take(tape.keep(states), of: x), tape.embedding(chosen, of: outputs)),
            tape.embedding(chosen, of: bias))
        tape.addCrossEntropy(logits, labels: tape.constant(labels, columns: 1), scale: 1)
        return labels.count
    }

    package func scores(of person: Int, in histories: Histories, on tape: Tape) -> Tensor {
        let window = window(before: histories.count(of: person), of: person, in: histories)
        let state = states(windows: [window], people: [0], on: tape)
        return tape.shifted(tape.products(state, withRowsOf: outputs), by: bias)
    }

    /// The latest items before a place, with -1 in front where there are too few.
    private func window(before place: Int, of person: Int, in histories: Histories) -> [Int32] {
        (place - configuration.length..<place).map {
            $0 < 0 ? -1 : histories.item($0, of: person)
        }
    }

    /// What the filters make of each window, beside the person's vector.
    private func states(windows: [[Int32]], people: [Int32], on tape: Tape) -> Tensor {
        let (width, length) = (configuration.dimensions, configuration.length)
        let images = tape.embedding(tape.keep(Array(windows.joined())), of: items)
            .reshaped(columns: length * width)
        var found = horizontal.enumerated().map { index, filters in
            let sliding = TensorMemory.Sliding(
                height: length, width: width, channels: 1, kernelHeight: index + 1,
                kernelWidth: width)
            let maps = tape.relu(
                tape.convolution(images, sliding, filters.weights, bias: filters.bias))
            let lengths = [Int](repeating: sliding.places, count: windows.count)
            return tape.largest(maps, runs: tape.runs(ofLengths: lengths))
        }
        let sliding = TensorMemory.Sliding(
            height: length, width: width, channels: 1, kernelHeight: length, kernelWidth: 1)
        found.append(
            tape.convolution(images, sliding, vertical.weights, bias: vertical.bias)
                .reshaped(columns: width * configuration.verticalFilters))
        let state = hidden(
            tape.dropout(tape.concatenated(found), rate: configuration.dropout), on: tape)
        return tape.concatenated(
            tape.relu(state), tape.embedding(tape.keep(people), of: person))
    }
}
