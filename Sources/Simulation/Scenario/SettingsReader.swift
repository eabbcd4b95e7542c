internal import Foundation
internal import Recommender
internal import Yams

/// Reads settings key by key: checks each value, fills in defaults, remembers what was resolved, and
/// finds the keys that nobody asked for.
package struct SettingsReader {
    private struct Setting {
        var text: String
        var source: String
    }

    private var settings: [String: Setting] = [:]
    private(set) var resolved: [Scenario.Key] = []

    /// Flattens a mapping of two levels to dotted keys and lays the overrides (`key=value`) over it.
    ///
    /// - Throws: ``ScenarioError``.
    package init(yaml: String, source: String, overrides: [String]) throws {
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch {
            let reason = "\(error)".split(separator: "\n").joined(separator: " ")
            throw ScenarioError.malformed(source: source, reason: "not YAML: \(reason)")
        }
        if let root { try collect(root, prefix: "", source: source) }
        for override in overrides { try self.override(override) }
    }

    /// Lays `key=value` over what was read.
    package mutating func override(_ text: String) throws {
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
            throw ScenarioError.malformed(source: "--set \(text)", reason: "expected key=value")
        }
        set(
            String(text[..<equals]), to: String(text[text.index(after: equals)...]),
            source: "--set \(text)")
    }

    /// Lays a value over what was read.
    ///
    /// - Parameter source: What messages call it.
    package mutating func set(_ key: String, to text: String, source: String) {
        settings[key] = Setting(text: text, source: source)
    }

    private mutating func collect(_ node: Node, prefix: String, source: String) throws {
        let place = node.mark.map { "\(source), line \($0.line)" } ?? source
        switch node {
        case .mapping(let mapping):
            for (key, value) in mapping {
                guard let name = key.string else {
                    throw ScenarioError.malformed(source: place, reason: "a key is not a word")
                }
                try collect(
                    value, prefix: prefix.isEmpty ? name : "\(prefix).\(name)", source: source)
            }
        case .scalar(let scalar) where !prefix.isEmpty:
            settings[prefix] = Setting(text: scalar.string, source: place)
        case .scalar(let scalar) where scalar.string.isEmpty: break
        default:
            throw ScenarioError.malformed(
                source: place,
                reason: prefix.isEmpty
                    ? "expected a mapping of keys to values"
                    : "'\(prefix)' takes a single value")
        }
    }

    /// A text.
    package mutating func text(_ key: String, default standard: String) -> String {
        let value = settings.removeValue(forKey: key)?.text ?? standard
        resolved.append(Scenario.Key(name: key, value: value, expected: "a text"))
        return value
    }

    /// A whole number of `range`.
    package mutating func integer(
        _ key: String, default standard: Int, in range: ClosedRange<Int>
    ) throws -> Int {
        try value(
            key, default: standard,
            expected: "a whole number from \(range.lowerBound) to \(range.upperBound)"
        ) { Int($0).flatMap { range.contains($0) ? $0 : nil } }
    }

    /// A finite number of `range`.
    package mutating func number(
        _ key: String, default standard: Double, in range: ClosedRange<Double>
    ) throws -> Double {
        try value(
            key, default: standard,
            expected: "a number from \(range.lowerBound) to \(range.upperBound)"
        ) { Double($0).flatMap { range.contains($0) ? $0 : nil } }
    }

    /// A whole number of `range`, in place of a default.
    mutating func read(_ key: String, into value: inout Int, in range: ClosedRange<Int>) throws {
        value = try integer(key, default: value, in: range)
    }

    /// A number of `range`, in place of a default.
    mutating func read(
        _ key: String, into value: inout Float, in range: ClosedRange<Double>
    ) throws {
        // By way of text, a Float's shortest becomes the same Double.
        value = Float(try number(key, default: Double("\(value)") ?? 0, in: range))
    }

    /// The settings of a network or of its training, in place of what they are: under `algorithm.`.
    mutating func read<Configuration>(
        _ settings: [NetworkSetting<Configuration>], into configuration: inout Configuration
    ) throws {
        for setting in settings where setting.applies(to: configuration) {
            var changed = configuration
            _ = try value(
                "algorithm." + setting.name, default: setting.text(of: configuration),
                expected: setting.expected
            ) { setting.set($0, in: &changed) ? setting.text(of: changed) : nil }
            configuration = changed
        }
    }

    /// A number of `range`, or `auto`: nil, the algorithm's own choice.
    mutating func automatic(_ key: String, in range: ClosedRange<Double>) throws -> Double? {
        let choice = try value(
            key, default: Automatic(number: nil),
            expected: "auto, or a number from \(range.lowerBound) to \(range.upperBound)"
        ) { text in
            if text == "auto" { return Automatic(number: nil) }
            return Double(text).flatMap { range.contains($0) ? Automatic(number: $0) : nil }
        }
        return choice.number
    }

    private struct Automatic: CustomStringConvertible {
        var number: Double?
        var description: String { number.map { "\($0)" } ?? "auto" }
    }

    /// `true` or `false`.
    package mutating func flag(_ key: String, default standard: Bool) throws -> Bool {
        try value(key, default: standard, expected: "true or false") { Bool($0) }
    }

    /// One of the cases of an enumeration.
    package mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, default standard: Choice
    ) throws -> Choice where Choice.RawValue == String {
        let name = try choice(
            key, of: Choice.allCases.map(\.rawValue), default: standard.rawValue)
        return Choice(rawValue: name) ?? standard
    }

    /// One of some names.
    mutating func choice(
        _ key: String, of names: [String], default standard: String
    ) throws -> String {
        try value(
            key, default: standard, expected: "one of \(names.joined(separator: ", "))"
        ) { names.contains($0) ? $0 : nil }
    }

    private mutating func value<Value: CustomStringConvertible>(
        _ key: String, default standard: Value, expected: String, parse: (String) -> Value?
    ) throws -> Value {
        let setting = settings.removeValue(forKey: key)
        guard let value = setting.map({ parse($0.text) }) ?? standard else {
            throw ScenarioError.badValue(
                key: key, value: setting?.text ?? "", expected: expected,
                source: setting?.source ?? "")
        }
        resolved.append(Scenario.Key(name: key, value: "\(value)", expected: expected))
        return value
    }

    /// Rejects the keys that were never asked for.
    package func rejectUnknownKeys() throws {
        guard let (key, setting) = settings.min(by: { $0.key < $1.key }) else { return }
        let nearest = resolved.map(\.name)
            .map { (name: $0, distance: Self.editDistance($0, key)) }
            .min { $0.distance < $1.distance }
        throw ScenarioError.unknownKey(
            key, source: setting.source,
            nearest: nearest.flatMap { $0.distance <= max(2, key.count / 2) ? $0.name : nil })
    }

    /// Every key with its value, as YAML.
    package func resolvedYAML() throws -> String {
        var root: [(String, Node)] = []
        for setting in resolved {
            let (key, value) = (setting.name, setting.value)
            let parts = key.split(separator: ".", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                root.append((key, Node(value)))
                continue
            }
            let entry = (Node(parts[1]), Node(value))
            if let last = root.last, last.0 == parts[0], case .mapping(let section) = last.1 {
                root[root.count - 1].1 = Node(section.map { ($0, $1) } + [entry])
            } else {
                root.append((parts[0], Node([entry])))
            }
        }
        return try Yams.serialize(node: Node(root.map { (Node($0.0), $0.1) }))
    }

    /// The Levenshtein distance.
    static func editDistance(_ left: String, _ right: String) -> Int {
        let left = Array(left), right = Array(right)
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let substitution = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substitution, row[j] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
