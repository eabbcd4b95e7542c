internal import Foundation
internal import Yams

extension FleetBehaviours {
    /// Reads a file of behaviours.
    ///
    /// - Throws: ``BehaviourError``, with the line.
    package init(path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw BehaviourError.malformed(
                place: path, reason: "there is no such file, or it cannot be read")
        }
        try self.init(yaml: String(decoding: data, as: UTF8.self), source: path)
    }

    /// Reads behaviours; `source` is what errors call the text.
    package init(yaml: String, source: String) throws {
        let root: Node?
        do { root = try Yams.compose(yaml: yaml) } catch {
            let reason = "\(error)".split(separator: "\n").joined(separator: " ")
            throw BehaviourError.malformed(place: source, reason: "not YAML: \(reason)")
        }
        guard let root else { return }
        let file = try BehaviourSection(root, source: source, keys: ["groups"])
        groups =
            try file["groups"].map { node in
                guard let list = node.sequence else {
                    throw BehaviourError.badValue(
                        key: "groups", expected: "a list of groups", place: file.place(of: node))
                }
                return try list.map { try Group($0, source: source) }
            } ?? []
    }
}

extension FleetBehaviours.Group {
    private static let keys = [
        "name", "share", "count", "dropAt", "slow", "flaky", "offline", "malicious",
    ]

    fileprivate init(_ node: Node, source: String) throws {
        let section = try BehaviourSection(node, source: source, keys: Self.keys)
        switch (section["share"], section["count"]) {
        case (let share?, nil):
            size = .share(try section.number(share, "share", 0...1))
        case (nil, let count?):
            guard let number = count.int, number >= 0 else {
                throw section.badValue(count, "count", "a whole number from 0 up")
            }
            size = .count(number)
        default:
            throw BehaviourError.malformed(
                place: section.place(of: node), reason: "a group has either 'share' or 'count'")
        }
        behaviour = DeviceBehaviour()
        behaviour.dropAt = try section.choice("dropAt")
        behaviour.misconduct = try section.choice("malicious")
        behaviour.delay = try section["slow"].map { try Self.delay($0, section) }
        behaviour.loss = try section["flaky"].map { try Self.loss($0, section) } ?? behaviour.loss
        behaviour.offline = try section["offline"].map { try Self.hours($0, section) }
        guard behaviour != .honest else {
            throw BehaviourError.malformed(
                place: section.place(of: node),
                reason: "a group does at least one of dropAt, slow, flaky, offline, malicious")
        }
        name = section["name"]?.string ?? Self.words(for: behaviour)
    }

    private static func delay(
        _ node: Node, _ section: BehaviourSection
    ) throws -> DeviceBehaviour.Delay {
        let range = 0.0...3600
        guard node.mapping != nil else {
            return .constant(try section.number(node, "slow", range))
        }
        let parts = try BehaviourSection(
            node, source: section.source, keys: ["mean", "from", "to"])
        switch (parts["mean"], parts["from"], parts["to"]) {
        case (let mean?, nil, nil):
            return .exponential(mean: try section.number(mean, "slow.mean", range))
        case (nil, let from?, let to?):
            let least = try section.number(from, "slow.from", range)
            return .uniform(least, try section.number(to, "slow.to", least...range.upperBound))
        default:
            throw section.badValue(node, "slow", "seconds, {mean: 2} or {from: 1, to: 5}")
        }
    }

    private static func loss(
        _ node: Node, _ section: BehaviourSection
    ) throws -> DeviceBehaviour.Loss {
        let parts = try BehaviourSection(node, source: section.source, keys: ["before", "after"])
        var loss = DeviceBehaviour.Loss()
        if let before = parts["before"] {
            loss.before = try section.number(before, "flaky.before", 0...0.99)
        }
        if let after = parts["after"] {
            loss.after = try section.number(after, "flaky.after", 0...0.99)
        }
        return loss
    }

    private static func hours(
        _ node: Node, _ section: BehaviourSection
    ) throws -> DeviceBehaviour.OfflineHours {
        let parts = (node.string ?? "").split(separator: "-").map { Int($0) }
        guard parts.count == 2, let first = parts[0], let end = parts[1],
            (0...24).contains(first), (0...24).contains(end), first != end
        else { throw section.badValue(node, "offline", "hours of the day, such as 22-7") }
        return DeviceBehaviour.OfflineHours(first: first, end: end)
    }

    private static func words(for behaviour: DeviceBehaviour) -> String {
        [
            behaviour.dropAt.map { "lost before they \($0.rawValue)" },
            behaviour.delay.map { _ in "slow" },
            behaviour.loss == .init() ? nil : "with a flaky network",
            behaviour.offline.map { _ in "offline for hours" },
            behaviour.misconduct.map { "malicious (\($0.rawValue))" },
        ].compactMap { $0 }.joined(separator: ", ")
    }
}

/// A mapping of the file, all of whose keys are known.
private struct BehaviourSection {
    let source: String
    private let mapping: Node.Mapping

    init(_ node: Node, source: String, keys: [String]) throws {
        self.source = source
        guard let mapping = node.mapping else {
            throw BehaviourError.malformed(
                place: Self.place(of: node, in: source),
                reason: "keys with values are expected here")
        }
        self.mapping = mapping
        for (key, _) in mapping where !keys.contains(key.string ?? "") {
            throw BehaviourError.unknownKey(
                key.string ?? "", place: Self.place(of: key, in: source),
                known: keys.joined(separator: ", "))
        }
    }

    subscript(key: String) -> Node? { mapping[Node(key)] }

    func number(_ node: Node, _ key: String, _ range: ClosedRange<Double>) throws -> Double {
        guard let number = node.float, range.contains(number) else {
            throw badValue(
                node, key, "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String
    ) throws -> Choice? where Choice.RawValue == String {
        guard let node = self[key] else { return nil }
        guard let choice = node.string.flatMap(Choice.init) else {
            throw badValue(
                node, key,
                "one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return choice
    }

    func badValue(_ node: Node, _ key: String, _ expected: String) -> BehaviourError {
        .badValue(key: key, expected: expected, place: place(of: node))
    }

    func place(of node: Node) -> String { Self.place(of: node, in: source) }

    private static func place(of node: Node, in source: String) -> String {
        node.mark.map { "\(source), line \($0.line)" } ?? source
    }
}
