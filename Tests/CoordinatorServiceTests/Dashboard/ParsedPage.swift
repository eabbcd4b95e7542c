import CoordinatorService
import Foundation

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// What is in a page, as an XML parser finds it.
final class ParsedPage: NSObject, XMLParserDelegate {
    struct Element {
        let name: String
        let attributes: [String: String]
        fileprivate(set) var text = ""
        /// The text's words, a space between two.
        var words: String { ParsedPage.words(of: text) }
    }

    struct Malformed: Error { let line: Int }

    private(set) var elements: [Element] = []
    private(set) var text = ""
    /// All words, a space between two.
    var words: String { Self.words(of: text) }
    private var open: [Int] = []

    convenience init(_ response: DashboardResponse?) throws {
        guard let response else { throw Malformed(line: 0) }
        try self.init(String(decoding: response.body, as: UTF8.self))
    }

    init(_ html: String) throws {
        super.init()
        let parser = XMLParser(data: Data(html.utf8))
        parser.delegate = self
        guard parser.parse() else { throw Malformed(line: parser.lineNumber) }
    }

    func all(_ name: String, _ attribute: String? = nil, _ value: String? = nil) -> [Element] {
        elements.filter { element in
            guard element.name == name else { return false }
            guard let attribute else { return true }
            return value == nil
                ? element.attributes[attribute] != nil : element.attributes[attribute] == value
        }
    }

    func element(id: String) -> Element? { elements.first { $0.attributes["id"] == id } }

    /// The values of an attribute wherever it is.
    func values(of attribute: String) -> [String] {
        elements.compactMap { $0.attributes[attribute] }
    }

    private static func words(of text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    func parser(
        _ parser: XMLParser, didStartElement element: String, namespaceURI: String?,
        qualifiedName: String?, attributes: [String: String]
    ) {
        open.append(elements.count)
        elements.append(Element(name: element, attributes: attributes))
    }

    func parser(
        _ parser: XMLParser, didEndElement element: String, namespaceURI: String?,
        qualifiedName: String?
    ) { open.removeLast() }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        text.unicodeScalars.append(contentsOf: string.unicodeScalars)
        for index in open {
            elements[index].text.unicodeScalars.append(contentsOf: string.unicodeScalars)
        }
    }
}
