internal import Foundation
internal import Learning
internal import Yams

extension Sweep {
    /// Reads a sweep.
    ///
    /// - Parameter path: The YAML file; the scenario that it names is looked for beside it.
    /// - Throws: ``ScenarioError`` with the line and the remedy.
    public init(path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ScenarioError.unreadable(path: path)
        }
        try self.init(
            yaml: String(decoding: data, as: UTF8.self), source: path,
            folder: URL(filePath: path).deletingLastPathComponent())
    }

    /// Reads the text of a sweep.
    ///
    /// - Parameters:
    ///   - yaml: The text.
    ///   - source: What messages call it.
    ///   - folder: Where the scenario that it names is looked for.
    init(yaml: String, source: String, folder: URL) throws {
        let reader = SweepReader(source: source)
        let root: Node?
        do { root = try Yams.compose(yaml: yaml) } catch {
            let reason = "\(error)".split(separator: "\n").joined(separator: " ")
            throw ScenarioError.malformed(source: source, reason: "not YAML: \(reason)")
        }
        let sections = try root.map { try reader.entries(of: $0, "the sweep") } ?? []
        try reader.check(
            sections,
            known: ["name", "scenario", "set", "grid", "random", "samples", "seed", "race"])
        func section(_ name: String) -> Node? { sections.first { $0.key == name }?.node }

        name = try section("name").map { try reader.text($0, "name") } ?? "sweep"
        if let node = section("scenario") {
            let path = folder.appending(path: try reader.text(node, "scenario")).path
            guard let data = FileManager.default.contents(atPath: path) else {
                throw ScenarioError.unreadable(path: path)
            }
            scenario = (String(decoding: data, as: UTF8.self), path)
        } else {
            scenario = ("", "defaults")
        }
        shared =
            try section("set").map { node in
                try reader.entries(of: node, "set").map {
                    Setting(key: $0.key, value: try reader.text($0.node, $0.key))
                }
            } ?? []
        let grid =
            try section("grid").map { node in
                try reader.entries(of: node, "grid").map {
                    (key: $0.key, values: try reader.texts($0.node, $0.key))
                }
            } ?? []
        let draws =
            try section("random").map { node in
                try reader.entries(of: node, "random").map { try reader.draw($0.node, $0.key) }
            } ?? []
        let samples = try section("samples").map {
            try reader.whole($0, "samples", in: 1...10_000)
        }
        guard draws.isEmpty == (samples == nil) else {
            throw ScenarioError.malformed(
                source: source,
                reason: "'random' and 'samples' go together: what is drawn, and how often")
        }
        let seed = try section("seed").map { try reader.whole($0, "seed", in: 0...Int.max) } ?? 1
        race = try section("race").map { try reader.race($0) }

        var random = SplitMix64(seed: UInt64(seed))
        let drawn = (0..<(samples ?? 1)).map { _ in draws.map { $0.setting(&random) } }
        let all = grid.reduce([[Setting]]([[]])) { points, line in
            points.flatMap { point in
                line.values.map { point + [Setting(key: line.key, value: $0)] }
            }
        }.flatMap { point in drawn.map { Point(settings: point + $0) } }
        points = all.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        guard points.count > 1 else {
            throw ScenarioError.malformed(
                source: source,
                reason: "there is nothing to sweep: give 'grid' or 'random' with 'samples'")
        }
        let names = Dictionary(grouping: points, by: \.name)
        if let (name, _) = names.first(where: { $0.value.count > 1 }) {
            throw ScenarioError.malformed(
                source: source,
                reason: "two runs would be called '\(name)'; values must differ in more "
                    + "than the folders of paths")
        }
    }
}

/// How a value is drawn.
private struct Draw {
    enum Scale: String, CaseIterable { case linear, log, whole }

    let key: String
    let value: (inout SplitMix64) -> String

    func setting(_ random: inout SplitMix64) -> Sweep.Setting {
        Sweep.Setting(key: key, value: value(&random))
    }
}

/// Reads the parts of a sweep's file, and says where they are wrong.
private struct SweepReader {
    let source: String

    private func malformed(_ node: Node, _ reason: String) -> ScenarioError {
        .malformed(
            source: node.mark.map { "\(source), line \($0.line)" } ?? source, reason: reason)
    }

    /// The entries of a mapping; sections within are joined by dots, as in scenarios.
    func entries(of node: Node, _ name: String) throws -> [(key: String, node: Node)] {
        guard case .mapping(let mapping) = node else {
            throw malformed(node, "'\(name)' takes keys with values")
        }
        return try mapping.map { key, value in
            guard let key = key.string else { throw malformed(node, "a key is not a word") }
            return (key, value)
        }
    }

    func check(_ entries: [(key: String, node: Node)], known: [String]) throws {
        for entry in entries where !known.contains(entry.key) {
            throw malformed(
                entry.node,
                "there is no '\(entry.key)' here; there are "
                    + known.joined(separator: ", "))
        }
    }

    func text(_ node: Node, _ key: String) throws -> String {
        guard case .scalar(let scalar) = node else {
            throw malformed(node, "'\(key)' takes a single value")
        }
        return scalar.string
    }

    func texts(_ node: Node, _ key: String) throws -> [String] {
        guard case .sequence(let sequence) = node, !sequence.isEmpty else {
            throw malformed(node, "'\(key)' takes a list of values: [1, 2, 4]")
        }
        return try sequence.map { try text($0, key) }
    }

    func whole(_ node: Node, _ key: String, in range: ClosedRange<Int>) throws -> Int {
        guard let number = Int(try text(node, key)), range.contains(number) else {
            throw malformed(
                node,
                "'\(key)' takes a whole number from \(range.lowerBound) to "
                    + "\(range.upperBound)")
        }
        return number
    }

    private func number(_ node: Node, _ key: String) throws -> Double {
        guard let number = Double(try text(node, key)), number.isFinite else {
            throw malformed(node, "'\(key)' takes a number")
        }
        return number
    }

    private func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ node: Node, _ key: String, default standard: Choice
    ) throws -> Choice {
        guard let choice = Choice(rawValue: try text(node, key)) else {
            let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw malformed(node, "'\(key)' takes one of \(names)")
        }
        return choice
    }

    /// One of a list, or a number of a range: {from: 0.5, to: 8, scale: log}.
    func draw(_ node: Node, _ key: String) throws -> Draw {
        if case .sequence = node {
            let values = try texts(node, key)
            return Draw(key: key) { values[$0.next(below: values.count)] }
        }
        let parts = try entries(of: node, key)
        try check(parts, known: ["from", "to", "scale"])
        func part(_ name: String) throws -> Node {
            guard let part = parts.first(where: { $0.key == name }) else {
                throw malformed(node, "'\(key)' takes a list, or {from: 1, to: 8, scale: log}")
            }
            return part.node
        }
        let (from, to) = (try number(part("from"), "from"), try number(part("to"), "to"))
        let scale =
            try parts.first { $0.key == "scale" }.map {
                try choice($0.node, "scale", default: Draw.Scale.linear)
            } ?? .linear
        guard from < to, scale != .log || from > 0, abs(from) < 1e15, abs(to) < 1e15 else {
            throw malformed(node, "'\(key)': 'from' is less than 'to', and over 0 on a log scale")
        }
        return Draw(key: key) { random in
            let share = Double(random.nextUniform())
            return switch scale {
            case .linear: Self.text(from + share * (to - from))
            case .log: Self.text(from * pow(to / from, share))
            case .whole: "\(Int((from + share * (to - from)).rounded()))"
            }
        }
    }

    /// A number as it stands in the names of folders.
    private static func text(_ number: Double) -> String { String(format: "%.4g", number) }

    func race(_ node: Node) throws -> Sweep.Race {
        let parts = try entries(of: node, "race")
        try check(parts, known: ["key", "values", "keep", "by"])
        func part(_ name: String) -> Node? { parts.first { $0.key == name }?.node }
        guard let key = part("key"), let values = part("values") else {
            throw malformed(
                node,
                "'race' takes the key that is raised and its values: "
                    + "{key: algorithm.rounds, values: [5, 15, 45]}")
        }
        let kept = try part("keep").map { try number($0, "keep") } ?? 1 / 3
        guard kept > 0, kept < 1 else {
            throw malformed(node, "'keep' is the share that goes on, over 0 and under 1")
        }
        return Sweep.Race(
            key: try text(key, "key"), values: try texts(values, "values"), kept: kept,
            measure: try part("by").map { try choice($0, "by", default: .ndcg) } ?? .ndcg)
    }
}
