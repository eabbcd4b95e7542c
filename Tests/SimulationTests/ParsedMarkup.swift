import Foundation

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// What is in a document, as an XML parser finds it.
final class ParsedMarkup: NSObject, XMLParserDelegate {
    private(set) var counts: [String: Int] = [:]
    private(set) var ids: [String] = []
    private(set) var labels: [String] = []
    private(set) var text = ""
    private var texts: [(element: String, text: String)] = []
    private var open: [Int] = []

    struct Malformed: Error { let line: Int }

    init(_ html: String) throws {
        super.init()
        let parser = XMLParser(data: Data(html.utf8))
        parser.delegate = self
        guard parser.parse() else { throw Malformed(line: parser.lineNumber) }
    }

    /// The texts of all elements of a name, with what is in them.
    func texts(of element: String) -> [String] {
        texts.filter { $0.element == element }.map(\.text)
    }

    func parser(
        _ parser: XMLParser, didStartElement element: String, namespaceURI: String?,
        qualifiedName: String?, attributes: [String: String]
    ) {
        counts[element, default: 0] += 1
        if let role = attributes["role"] { counts["\(element)[role=\(role)]", default: 0] += 1 }
        if let id = attributes["id"] { ids.append(id) }
        labels += (attributes["aria-labelledby"] ?? "").split(separator: " ").map(String.init)
        open.append(texts.count)
        texts.append((element, ""))
    }

    func parser(
        _ parser: XMLParser, didEndElement element: String, namespaceURI: String?,
        qualifiedName: String?
    ) { open.removeLast() }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        text.unicodeScalars.append(contentsOf: string.unicodeScalars)
        for index in open {
            texts[index].text.unicodeScalars.append(contentsOf: string.unicodeScalars)
        }
    }
}
