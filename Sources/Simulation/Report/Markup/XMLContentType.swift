internal import Mustache

/// Escapes text for XHTML, in element content and in attribute values.
///
/// Mustache's own escaping compares whole characters, so that a quotation mark with a combining
/// accent passes through it; and characters that XML does not have, such as a NUL in a name, would
/// leave a report that no XML parser reads.
package struct XMLContentType: MustacheContentType {
    /// The name that templates know this content type by.
    package static let name = "XML"

    package init() {}

    package func escapeText(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        escaped.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
            case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
            case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
            case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
            case "\t", "\n": escaped.append(scalar)
            case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}", "\u{FFFE}", "\u{FFFF}":
                escaped.append("\u{FFFD}")
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}
