extension BehaviourEvent {
    /// The kinds by the number that stands for each in a record; never reordered.
    private static let numberedKinds: [Kind] = [
        .view, .click, .play, .skip, .rating, .purchase, .dwell, .hide,
    ]
    private static let numbers = Dictionary(
        uniqueKeysWithValues: numberedKinds.enumerated().map { ($1, UInt8($0)) })

    private struct Parts: OptionSet {
        let rawValue: UInt8
        static let value = Parts(rawValue: 1)
        static let context = Parts(rawValue: 2)
        static let device = Parts(rawValue: 4)
        static let sessionPosition = Parts(rawValue: 8)
    }

    /// Checks what the documentation of each property promises.
    func validate() throws(BehaviourStoreError) {
        guard (1...256).contains(item.utf8.count) else {
            throw .invalid(reason: "an event's item has \(item.utf8.count) bytes, not 1 to 256")
        }
        guard value?.isFinite ?? true else {
            throw .invalid(reason: "an event's value is not finite")
        }
        guard let context else { return }
        guard context.hour < 24, (1...7).contains(context.weekday) else {
            throw .invalid(reason: "an event's hour is not 0 to 23, or its weekday not 1 to 7")
        }
        guard (context.device?.utf8.count ?? 0) <= 64, (context.sessionPosition ?? 0) >= 0 else {
            throw .invalid(
                reason: "an event's device has more than 64 bytes, or its position is negative")
        }
    }

    var payload: [UInt8] {
        var parts: Parts = []
        if value != nil { parts.insert(.value) }
        if context != nil { parts.insert(.context) }
        if context?.device != nil { parts.insert(.device) }
        if context?.sessionPosition != nil { parts.insert(.sessionPosition) }
        var payload = PayloadWriter()
        payload.append(Self.numbers[kind] ?? 0)
        payload.append(parts.rawValue)
        payload.append(UInt64(bitPattern: time))
        payload.append(lengthPrefixed: item.utf8)
        if let value { payload.append(value.bitPattern) }
        if let context {
            payload.append(context.hour)
            payload.append(context.weekday)
            if let device = context.device { payload.append(lengthPrefixed: device.utf8) }
            if let position = context.sessionPosition { payload.append(count: position) }
        }
        return payload.bytes
    }

    init(payload: inout PayloadReader) throws(PayloadReader.Malformed) {
        let number = Int(try payload.byte())
        guard number < Self.numberedKinds.count else { throw PayloadReader.Malformed() }
        kind = Self.numberedKinds[number]
        let parts = Parts(rawValue: try payload.byte())
        time = Int64(bitPattern: try payload.word())
        item = try payload.string()
        if parts.contains(.value) { value = Double(bitPattern: try payload.word()) }
        if parts.contains(.context) {
            var context = EventContext(hour: try payload.byte(), weekday: try payload.byte())
            if parts.contains(.device) { context.device = try payload.string() }
            if parts.contains(.sessionPosition) { context.sessionPosition = try payload.count() }
            self.context = context
        }
    }
}
