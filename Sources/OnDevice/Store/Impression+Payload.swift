internal import Foundation

extension Impression {
    /// Checks what the documentation of each property promises.
    func validate() throws(BehaviourStoreError) {
        guard (1...1000).contains(items.count), items.count == propensities.count else {
            throw .invalid(
                reason: "an impression has \(items.count) items and \(propensities.count) "
                    + "propensities; it needs 1 to 1,000 and as many of both")
        }
        guard items.allSatisfy({ (1...256).contains($0.utf8.count) }), model.utf8.count <= 256
        else {
            throw .invalid(reason: "an impression's item or model has not 1 to 256 bytes")
        }
        guard propensities.allSatisfy({ $0 > 0 && $0 <= 1 }) else {
            throw .invalid(reason: "an impression's propensity is not above 0 and at most 1")
        }
    }

    var payload: [UInt8] {
        var payload = PayloadWriter()
        payload.append(lengthPrefixed: id.uuidString.utf8)
        payload.append(UInt64(bitPattern: time))
        payload.append(lengthPrefixed: model.utf8)
        payload.append(count: items.count)
        for (item, propensity) in zip(items, propensities) {
            payload.append(lengthPrefixed: item.utf8)
            payload.append(propensity.bitPattern)
        }
        return payload.bytes
    }

    init(payload: inout PayloadReader) throws(PayloadReader.Malformed) {
        guard let id = UUID(uuidString: try payload.string()) else {
            throw PayloadReader.Malformed()
        }
        self.id = id
        time = Int64(bitPattern: try payload.word())
        model = try payload.string()
        items = []
        propensities = []
        for _ in 0..<(try payload.elementCount()) {
            items.append(try payload.string())
            propensities.append(Double(bitPattern: try payload.word()))
        }
    }
}
