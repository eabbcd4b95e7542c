extension SQLValue {
    /// A list of numbers as one value.
    init(numbers: [Int]) {
        var fields = FieldWriter()
        fields.append(numbers: numbers)
        self = .bytes(fields.bytes)
    }

    /// Which devices are in a partial sum, as one value.
    init(_ inclusions: [PartialSum.Inclusion]) {
        var fields = FieldWriter()
        fields.append(numbers: inclusions.map(\.device))
        for inclusion in inclusions { fields.append(lengthPrefixed: inclusion.signature) }
        self = .bytes(fields.bytes)
    }
}

extension SQLRow {
    func numbers(_ column: Int) throws(StoreError) -> [Int] {
        try fields(column) { reader throws(FieldReader.Malformed) in try reader.numbers() }
    }

    func inclusions(_ column: Int) throws(StoreError) -> [PartialSum.Inclusion] {
        try fields(column) { reader throws(FieldReader.Malformed) in
            var inclusions: [PartialSum.Inclusion] = []
            for device in try reader.numbers() {
                inclusions.append(.init(device: device, signature: try reader.lengthPrefixed()))
            }
            return inclusions
        }
    }

    private func fields<Content>(
        _ column: Int, _ decode: (inout FieldReader) throws(FieldReader.Malformed) -> Content
    ) throws(StoreError) -> Content {
        var reader = FieldReader(try bytes(column))
        if let content = try? decode(&reader), reader.isAtEnd { return content }
        throw .damaged("column \(column + 1) of a row holds a list that ends early")
    }
}
