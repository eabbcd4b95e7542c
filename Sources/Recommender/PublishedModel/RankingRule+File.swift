internal import VectorKernels

extension RankingRule {
    /// Reads the rule of a model.
    init(_ file: ModelFile) throws {
        let header = file.header
        let dimensions = header.dimensions
        func setting(_ name: String, over floor: Double = -.leastNonzeroMagnitude) throws -> Double
        {
            guard let value = header.settings[name], value.isFinite, value > floor else {
                throw PublishedModelError.damaged(path: file.path, part: "setting '\(name)'")
            }
            return value
        }
        switch header.rule {
        case "recency":
            self = .recency(
                RecencyRule(
                    weights: RecencyWeights(
                        decay: try setting("decay", over: 0), slowWeight: try setting("slowWeight"),
                        slowDecay: try setting("slowDecay", over: 0)),
                    spectrum: try file.floats(.spectrum, count: dimensions),
                    itemScales: try file.floats(.itemScales, count: header.items),
                    covariance: try file.floats(.covariance, count: dimensions * dimensions)))
        case "ridge":
            self = .ridge(
                RidgeRule(
                    regularization: try setting("regularization", over: 0),
                    unobservedWeight: try setting("unobservedWeight"),
                    decay: try setting("decay", over: 0), scale: try setting("scale"),
                    gram: try file.floats(.gram, count: dimensions * dimensions)))
        case "network":
            let range = try file.range(of: .network)
            do {
                self = .network(
                    NetworkRule(snapshot: try Snapshot(decoding: file.bytes.bytes(in: range))))
            } catch { throw file.damaged(.network) }
        default: throw PublishedModelError.damaged(path: file.path, part: "rule")
        }
    }

    var name: String {
        switch self {
        case .recency: "recency"
        case .ridge: "ridge"
        case .network: "network"
        }
    }

    var settings: [String: Double] {
        switch self {
        case .recency(let rule):
            [
                "decay": rule.weights.decay, "slowWeight": rule.weights.slowWeight,
                "slowDecay": rule.weights.slowDecay,
            ]
        case .ridge(let rule):
            [
                "regularization": rule.regularization, "unobservedWeight": rule.unobservedWeight,
                "decay": rule.decay, "scale": rule.scale,
            ]
        case .network: [:]
        }
    }

    /// Whether every number can be reckoned with, and there are as many as a model of this size needs.
    func isUsable(items: Int, dimensions: Int) -> Bool {
        let (arrays, positive): ([([Float], Int)], [Double]) =
            switch self {
            case .recency(let rule):
                (
                    [
                        (rule.spectrum, dimensions), (rule.itemScales, items),
                        (rule.covariance, dimensions * dimensions),
                    ], [rule.weights.decay, rule.weights.slowDecay]
                )
            case .ridge(let rule):
                ([(rule.gram, dimensions * dimensions)], [rule.decay, rule.regularization])
            case .network(let rule):
                (rule.snapshot.tensors.values.map { ($0.values, $0.values.count) }, [])
            }
        return arrays.allSatisfy { $0.count == $1 && $0.allSatisfy(\.isFinite) }
            && settings.values.allSatisfy { $0.isFinite && $0 >= 0 }
            && positive.allSatisfy { $0 > 0 }
    }

    var parts: [(part: PublishedModel.Part, bytes: [UInt8])] {
        switch self {
        case .recency(let rule):
            [
                (.spectrum, FloatBytes.encode(rule.spectrum)),
                (.itemScales, FloatBytes.encode(rule.itemScales)),
                (.covariance, FloatBytes.encode(rule.covariance)),
            ]
        case .ridge(let rule): [(.gram, FloatBytes.encode(rule.gram))]
        case .network(let rule): [(.network, rule.snapshot.encoded())]
        }
    }
}
