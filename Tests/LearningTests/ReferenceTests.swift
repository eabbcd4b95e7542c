import Learning
import Testing
import VectorKernels

@Suite struct ReferenceTests {
    @Test func `a dense layer is PyTorch's`() throws {
        try Reference.named("dense", in: "layers.json").expectAgreement { inputs in
            try inputs.tape.dense(
                inputs["x"], inputs.parameter("weights"), bias: inputs.parameter("bias"))
        }
    }

    @Test func `layer normalisation is PyTorch's`() throws {
        try Reference.named("layer norm", in: "layers.json").expectAgreement { inputs in
            try inputs.tape.normalized(
                inputs["x"], gain: inputs.parameter("gain"), bias: inputs.parameter("bias"))
        }
    }

    @Test(arguments: TensorMemory.Activation.allCases)
    func `activations are PyTorch's`(activation: TensorMemory.Activation) throws {
        try Reference.named("\(activation)", in: "layers.json").expectAgreement { inputs in
            try inputs.tape.activated(inputs["x"], activation)
        }
    }

    @Test func `embeddings are PyTorch's`() throws {
        try Reference.named("embedding", in: "layers.json").expectAgreement { inputs in
            try inputs.tape.embedding(
                inputs.rows("rows"), of: inputs.parameter("table"), scale: 1.5)
        }
    }

    @Test func `the interaction of fields is the sum of their products`() throws {
        try Reference.named("interaction", in: "layers.json").expectAgreement { inputs in
            try inputs.tape.interaction(inputs["x"], width: 5)
        }
    }

    @Test func `a recurrence is PyTorch's gated recurrent unit`() throws {
        try Reference.named("recurrence", in: "runs.json").expectAgreement { inputs in
            let products = try inputs.tape.dense(
                inputs["x"], inputs.parameter("weights"), bias: inputs.parameter("input_bias"))
            return try inputs.tape.recurrence(
                products, u: inputs.parameter("u"), bias: inputs.parameter("bias"),
                runs: inputs.runs())
        }
    }

    @Test(arguments: [
        "attention of 1", "attention of 1, causal", "attention of 2", "attention of 2, causal",
    ])
    func `attention is PyTorch's`(name: String) throws {
        try Reference.named(name, in: "runs.json").expectAgreement { inputs in
            try inputs.tape.attention(
                inputs["q"], inputs["k"], inputs["v"], runs: inputs.runs(),
                heads: inputs.numbers("heads")[0], isCausal: inputs.numbers("causal") == [1])
        }
    }

    @Test func `attention pooling weighs by PyTorch's softmax`() throws {
        try Reference.named("pooling", in: "runs.json").expectAgreement { inputs in
            try inputs.tape.pooled(inputs["x"], scores: inputs["scores"], runs: inputs.runs())
        }
    }

    @Test(arguments: ["conv1d", "conv2d"])
    func `convolutions are PyTorch's`(name: String) throws {
        try Reference.named(name, in: "convolutions.json").expectAgreement { inputs in
            let sizes = try inputs.numbers("sizes")
            let sliding = TensorMemory.Sliding(
                height: sizes[0], width: sizes[1], channels: sizes[2], kernelHeight: sizes[3],
                kernelWidth: sizes[4])
            return try inputs.tape.convolution(
                inputs["x"], sliding, inputs.parameter("weights"), bias: inputs.parameter("bias"))
        }
    }
}

@Suite struct ReferenceLossTests {
    @Test func `cross-entropy is PyTorch's`() throws {
        try Reference.named("cross-entropy", in: "losses.json").expectAgreementOfLoss { inputs in
            try inputs.tape.addCrossEntropy(
                inputs["x"], labels: inputs.constant("labels"), scale: 1 / 18)
        }
    }

    @Test func `weighted cross-entropy is PyTorch's`() throws {
        let reference = try Reference.named("weighted cross-entropy", in: "losses.json")
        try reference.expectAgreementOfLoss { inputs in
            try inputs.tape.addCrossEntropy(
                inputs["x"], labels: inputs.constant("labels"),
                weights: inputs.constant("weights"), scale: 1 / 18)
        }
    }

    @Test func `BPR is the mean of PyTorch's log sigmoid`() throws {
        try Reference.named("bpr", in: "losses.json").expectAgreementOfLoss { inputs in
            try inputs.tape.addBPR(inputs["positive"], inputs["negative"], scale: 1 / 18)
        }
    }

    @Test func `softmax cross-entropy is PyTorch's`() throws {
        try Reference.named("softmax", in: "losses.json").expectAgreementOfLoss { inputs in
            try inputs.tape.addSoftmaxCrossEntropy(
                inputs["x"], targets: inputs.rows("targets"), runs: inputs.runs(), scale: 1 / 4)
        }
    }

    @Test func `softmax cross-entropy of several targets is the sum of PyTorch's`() throws {
        let reference = try Reference.named("softmax of several targets", in: "losses.json")
        try reference.expectAgreementOfLoss { inputs in
            try inputs.tape.addSoftmaxCrossEntropy(
                inputs["x"], targets: inputs.rows("targets"), runs: inputs.runs(), scale: 1 / 3)
        }
    }

    @Test func `sampled softmax is PyTorch's cross-entropy of corrected logits`() throws {
        try Reference.named("sampled softmax", in: "losses.json").expectAgreementOfLoss { inputs in
            try inputs.tape.addSampledSoftmax(
                inputs["x"], logRates: inputs.constant("rates"), scale: 1 / 5)
        }
    }

    @Test func `the squared error is PyTorch's`() throws {
        try Reference.named("squared error", in: "losses.json").expectAgreementOfLoss { inputs in
            try inputs.tape.addSquaredError(
                inputs["x"], targets: inputs.constant("goals"), scale: 1 / 18)
        }
    }

    @Test func `the divergence from the standard normal distribution is PyTorch's`() throws {
        try Reference.named("divergence", in: "losses.json").expectAgreementOfLoss { inputs in
            try inputs.tape.addDivergence(
                means: inputs["means"], logVariances: inputs["log_variances"], scale: 1 / 4)
        }
    }
}

@Suite struct ReferenceOptimizerTests {
    private struct Steps: Decodable {
        let start: Reference.Matrix
        let gradients: [Reference.Matrix]
        let values: [Reference.Matrix]
    }

    static let optimizers: [(String, Optimizer)] = [
        ("descent", .descent(rate: 0.1, decay: 0.05)),
        ("momentum", .momentum(rate: 0.1, momentum: 0.9, decay: 0.05)),
        ("adam", .adam(rate: 0.1)),
        ("adamw", .adam(rate: 0.1, decay: 0.05)),
        ("adagrad", .adagrad(rate: 0.1)),
    ]

    @Test(arguments: optimizers)
    func `three steps of an optimiser are PyTorch's`(name: String, optimizer: Optimizer) throws {
        let steps = try #require(
            try Reference.read([String: Steps].self, from: "optimizers.json")[name])
        var layout = ParameterLayout()
        let parameter = layout.add("x", rows: steps.start.count, columns: steps.start[0].count)
        let tape = Tape(layout, seed: 1)
        tape.parameters.write(steps.start.flatMap(\.self), .shared)
        let descent = Descent(optimizer, on: tape)
        let tensor = tape.parameters[parameter]
        for (gradient, values) in zip(steps.gradients, steps.values) {
            // Powers of two scale without rounding.
            tape.memory.writeGradient(gradient.flatMap { $0.map { 4 * $0 } }[...], to: tensor)
            descent.step(scale: 0.25)
            expectClose(tape.memory.read(tensor), values, "values", #_sourceLocation)
            #expect(tape.memory.readGradient(tensor).allSatisfy { $0 == 0 })
        }
        #expect(descent.steps == 3)
    }
}
