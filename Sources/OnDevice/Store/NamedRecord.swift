/// An answer or a document under its name.
struct NamedRecord {
    let name: String
    let content: [UInt8]

    init(name: String, content: [UInt8]) {
        self.name = name
        self.content = content
    }

    /// Answers as the content of a record.
    init(name: String, answers: [String]) {
        var content = PayloadWriter()
        content.append(count: answers.count)
        for answer in answers { content.append(lengthPrefixed: answer.utf8) }
        self.init(name: name, content: content.bytes)
    }

    /// Checks that the name is one.
    func validate() throws(BehaviourStoreError) {
        guard (1...256).contains(name.utf8.count) else {
            throw .invalid(reason: "a question or document name has not 1 to 256 bytes")
        }
    }

    /// The content as answers.
    func answers() throws(PayloadReader.Malformed) -> [String] {
        var reader = PayloadReader(content)
        var answers: [String] = []
        for _ in 0..<(try reader.elementCount()) { answers.append(try reader.string()) }
        try reader.finish()
        return answers
    }

    var payload: [UInt8] {
        var payload = PayloadWriter()
        payload.append(lengthPrefixed: name.utf8)
        payload.append(lengthPrefixed: content)
        return payload.bytes
    }

    init(payload: inout PayloadReader) throws(PayloadReader.Malformed) {
        name = try payload.string()
        content = [UInt8](try payload.lengthPrefixed())
    }
}
