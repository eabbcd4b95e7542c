internal import Coordinator

/// Figures in Prometheus' text format, version 0.0.4.
struct PrometheusText {
    /// The content type of the format.
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    enum Kind: String {
        case counter, gauge, histogram
    }

    private(set) var text = ""

    /// Begins a metric; its samples follow.
    mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    /// A sample.
    mutating func sample(
        _ name: String, _ labels: KeyValuePairs<String, String>, _ value: Double
    ) { line(name, Array(labels), value) }

    /// The samples of a histogram.
    mutating func samples(
        _ name: String, _ labels: [(key: String, value: String)], _ latencies: Latencies
    ) {
        var total = 0
        for (bound, count) in zip(Latencies.bounds + [.infinity], latencies.counts) {
            total += count
            let end = bound.isFinite ? "\(bound)" : "+Inf"
            line("\(name)_bucket", labels + [("le", end)], Double(total))
        }
        line("\(name)_sum", labels, latencies.sum)
        line("\(name)_count", labels, Double(total))
    }

    private mutating func line(
        _ name: String, _ labels: [(key: String, value: String)], _ value: Double
    ) {
        let list = labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
        text += list.isEmpty ? name : "\(name){\(list)}"
        text += " \(Self.written(value))\n"
    }

    /// A metric with one sample.
    mutating func single(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        begin(name, kind, help)
        sample(name, [:], value)
    }

    private static func written(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value > 0 ? "+Inf" : "-Inf" }
        return value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
