import Foundation

/// A file that was written.
struct FileReport: Codable {
    var file: String
    var bytes: Int
}

/// Prints a result in one of its forms.
func print(_ value: some Encodable, json: Bool, _ text: @autoclosure () -> String) throws {
    guard json else { return print(text()) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
}
