#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// The content of a file of delimited text, decompressed.
struct TextFile {
    let path: String
    let bytes: [UInt8]

    /// Reads the file at `path`, which may be gzip whatever its name.
    init(path: String) throws(DatasetError) {
        self.path = path
        guard FileManager.default.fileExists(atPath: path) else { throw .notFound(path: path) }
        let stored: [UInt8]
        do {
            stored = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw .unreadable(path: path, reason: "the operating system refused")
        }
        do {
            bytes = Gzip.recognizes(stored) ? try Gzip.decompress(stored) : stored
        } catch {
            throw .corruptGzip(path: path, reason: error.reason)
        }
    }
}

/// The text in `bytes`: UTF-8, or Latin-1 where they are not valid UTF-8, as in older data sets.
func decodeText(_ bytes: some Collection<UInt8>) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    var text = ""
    for byte in bytes { text.unicodeScalars.append(Unicode.Scalar(byte)) }
    return text
}
