/// A row of a result. A value of another type than asked for is damage: nobody else writes here.
struct SQLRow: Sendable, Hashable {
    let values: [SQLValue]

    init(_ values: [SQLValue]) { self.values = values }

    func integer(_ column: Int) throws(StoreError) -> Int64 {
        guard case .integer(let value) = try value(column) else { throw mistyped(column) }
        return value
    }

    func number(_ column: Int) throws(StoreError) -> Int { Int(try integer(column)) }

    func real(_ column: Int) throws(StoreError) -> Double {
        switch try value(column) {
        case .real(let value): return value
        case .null: return .nan
        default: throw mistyped(column)
        }
    }

    func text(_ column: Int) throws(StoreError) -> String {
        guard case .text(let value) = try value(column) else { throw mistyped(column) }
        return value
    }

    func bytes(_ column: Int) throws(StoreError) -> [UInt8] {
        guard case .bytes(let value) = try value(column) else { throw mistyped(column) }
        return value
    }

    private func value(_ column: Int) throws(StoreError) -> SQLValue {
        guard values.indices.contains(column) else { throw mistyped(column) }
        return values[column]
    }

    private func mistyped(_ column: Int) -> StoreError {
        .damaged("column \(column + 1) of a row of \(values.count) holds what nobody stored there")
    }
}
