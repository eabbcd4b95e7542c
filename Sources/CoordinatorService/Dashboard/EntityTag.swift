internal import Coordinator
internal import Foundation
internal import Sodium

/// The validator of a page (RFC 9110, section 8.8.3): it changes with everything that the page
/// shows but the time of the overview, so that a reader is not sent what has not changed.
struct EntityTag {
    /// As the header has it.
    let text: String

    /// The tag of a page; nil where the overview has no JSON.
    ///
    /// - Parameters:
    ///   - overview: What is shown.
    ///   - parts: What else the page depends on.
    init?(of overview: CoordinatorOverview, with parts: [String]) {
        var timeless = overview
        timeless.time = 0
        guard let json = Dashboard.json(of: timeless) else { return nil }
        var hash = BLAKE2b(context: "covey dashboard page")
        hash.update(lengthPrefixed: json)
        for part in parts { hash.update(lengthPrefixed: part.utf8) }
        // Weak, as the time may differ and a server may compress.
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
