internal import Foundation
internal import Sodium

/// The validator of a page (RFC 9110, section 8.8.3): it changes with everything that the page shows
/// but the time of the overview, so that a reader is not sent what has not changed.
struct EntityTag {
    /// As the header has it.
    let text: String

    /// - Parameters:
    ///   - digest: Of the overview; see ``PageCache``.
    ///   - parts: What else the page depends on.
    init(_ digest: [UInt8], _ parts: [String]) {
        var hash = BLAKE2b(context: "covey dashboard page")
        hash.update(digest)
        for part in parts { hash.update(lengthPrefixed: part.utf8) }
        // Weak, as a server may compress.
        text = "W/\"" + hexadecimal(hash.finalize().prefix(16)) + "\""
    }

    /// Whether an `If-None-Match` names it (RFC 9110, section 13.1.2: by weak comparison).
    func matches(_ ifNoneMatch: String) -> Bool {
        ifNoneMatch.split(separator: ",").contains { part in
            let tag = part.trimmingCharacters(in: .whitespaces)
            return tag == "*" || tag == text || "W/" + tag == text
        }
    }
}
