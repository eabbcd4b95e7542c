/// One setting of a network: what it is called in scenarios and model files, and what it may be.
package struct NetworkSetting<Configuration: Sendable>: Sendable {
    /// The name: "dimensions".
    package let name: String
    /// What it may be, in words: "a whole number from 1 to 1024".
    package let expected: String
    private let isMeant: @Sendable (Configuration) -> Bool
    private let read: @Sendable (Configuration) -> String
    private let write: @Sendable (inout Configuration, String) -> Bool

    /// Whether a configuration has the setting: some depend on others before them.
    package func applies(to configuration: Configuration) -> Bool { isMeant(configuration) }

    /// The setting of a configuration, as a text that ``set(_:in:)`` takes.
    package func text(of configuration: Configuration) -> String { read(configuration) }

    /// Changes the setting of a configuration.
    ///
    /// - Returns: Whether the text is what is ``expected``; else nothing changes.
    package func set(_ text: String, in configuration: inout Configuration) -> Bool {
        write(&configuration, text)
    }

    private init<Value>(
        _ name: String, _ path: any WritableKeyPath<Configuration, Value> & Sendable,
        expected: String, where isMeant: @escaping @Sendable (Configuration) -> Bool,
        text: @escaping @Sendable (Value) -> String,
        parse: @escaping @Sendable (String) -> Value?
    ) {
        self.name = name
        self.expected = expected
        self.isMeant = isMeant
        read = { text($0[keyPath: path]) }
        write = { configuration, text in
            guard let value = parse(text) else { return false }
            configuration[keyPath: path] = value
            return true
        }
    }

    /// A whole number of a range.
    static func integer(
        _ name: String, _ path: any WritableKeyPath<Configuration, Int> & Sendable,
        _ range: ClosedRange<Int>,
        where isMeant: @escaping @Sendable (Configuration) -> Bool = { _ in true }
    ) -> Self {
        Self(
            name, path,
            expected: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            where: isMeant, text: { "\($0)" },
            parse: { Int($0).flatMap { range.contains($0) ? $0 : nil } })
    }

    /// A number of a range.
    static func number<Number: BinaryFloatingPoint & LosslessStringConvertible & SendableMetatype>(
        _ name: String, _ path: any WritableKeyPath<Configuration, Number> & Sendable,
        _ range: ClosedRange<Double>,
        where isMeant: @escaping @Sendable (Configuration) -> Bool = { _ in true }
    ) -> Self {
        Self(
            name, path, expected: "a number from \(range.lowerBound) to \(range.upperBound)",
            where: isMeant, text: { "\($0)" },
            parse: { text in
                Double(text).flatMap { range.contains($0) ? Number(text) : nil }
            })
    }

    /// Whole numbers of a range, such as the widths of layers.
    static func integers(
        _ name: String, _ path: any WritableKeyPath<Configuration, [Int]> & Sendable,
        _ range: ClosedRange<Int>
    ) -> Self {
        Self(
            name, path,
            expected: "up to 16 whole numbers from \(range.lowerBound) to \(range.upperBound), "
                + "separated by commas",
            where: { _ in true }, text: { $0.map(String.init).joined(separator: ", ") },
            parse: { text in
                let parts = text.split(separator: ",", omittingEmptySubsequences: false)
                let numbers = parts.compactMap { part in
                    Int(part.filter { $0 != " " }).flatMap { range.contains($0) ? $0 : nil }
                }
                return (1...16).contains(parts.count) && numbers.count == parts.count
                    ? numbers : nil
            })
    }

    /// One of the cases of an enumeration.
    static func choice<Choice: RawRepresentable<String> & CaseIterable & SendableMetatype>(
        _ name: String, _ path: any WritableKeyPath<Configuration, Choice> & Sendable
    ) -> Self {
        let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        return Self(
            name, path, expected: "one of \(names)", where: { _ in true }, text: \.rawValue,
            parse: { Choice(rawValue: $0) })
    }
}
