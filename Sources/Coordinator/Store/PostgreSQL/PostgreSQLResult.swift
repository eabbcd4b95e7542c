#if PostgreSQL
    internal import CPostgreSQL

    /// A result of libpq's, in the binary format.
    struct PostgreSQLResult: ~Copyable {
        private let handle: OpaquePointer

        init(_ handle: OpaquePointer) { self.handle = handle }

        deinit { PQclear(handle) }

        var status: ExecStatusType { PQresultStatus(handle) }

        /// What the server says it has done: "COMMIT".
        var command: String { String(cString: PQcmdStatus(handle)) }

        /// What the server refuses; nil where it does not say.
        var failure: PostgreSQLFailure? {
            guard let state = field("C"), let message = field("M") else { return nil }
            return PostgreSQLFailure(sqlState: state, message: message)
        }

        func rows() throws -> [SQLRow] {
            let columns = 0..<PQnfields(handle)
            return try (0..<PQntuples(handle)).map { row in
                SQLRow(try columns.map { try value(row, $0) })
            }
        }

        private func field(_ code: Unicode.Scalar) -> String? {
            PQresultErrorField(handle, Int32(code.value)).map { String(cString: $0) }
        }

        private func value(_ row: Int32, _ column: Int32) throws(StoreError) -> SQLValue {
            guard PQgetisnull(handle, row, column) == 0 else { return .null }
            let bytes = UnsafeRawBufferPointer(
                start: PQgetvalue(handle, row, column),
                count: Int(PQgetlength(handle, row, column)))
            let type = SQLType(oid: PQftype(handle, column))
            switch (type, bytes.count) {
            case (.int8, 8): return .integer(Int64(bitPattern: Self.word(bytes)))
            case (.int4, 4): return .integer(Int64(Int32(truncatingIfNeeded: Self.word(bytes))))
            case (.float8, 8): return .real(Double(bitPattern: Self.word(bytes)))
            case (.text, _): return .text(String(decoding: bytes, as: UTF8.self))
            case (.bytea, _): return .bytes([UInt8](bytes))
            case (.void, _): return .null
            default: throw .damaged("a column has a type that Covey does not use")
            }
        }

        private static func word(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
            bytes.reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    /// The types of values on the wire, by the numbers that they have in every PostgreSQL database.
    enum SQLType: UInt32 {
        case bytea = 17
        case int8 = 20
        case int4 = 23
        case text = 25
        case float8 = 701
        case void = 2278

        init?(oid: Oid) { self.init(rawValue: oid) }
    }

    extension SQLValue {
        /// Its type as a parameter; 0 leaves it to the server.
        var oid: Oid {
            switch self {
            case .null: 0
            case .integer: SQLType.int8.rawValue
            case .real: SQLType.float8.rawValue
            case .text: SQLType.text.rawValue
            case .bytes: SQLType.bytea.rawValue
            }
        }

        /// Itself as a parameter in the binary format; nil for NULL.
        var wire: [UInt8]? {
            switch self {
            case .null: nil
            case .integer(let value): withUnsafeBytes(of: value.bigEndian) { [UInt8]($0) }
            case .real(let value): withUnsafeBytes(of: value.bitPattern.bigEndian) { [UInt8]($0) }
            case .text(let value): [UInt8](value.utf8)
            case .bytes(let value): value
            }
        }
    }
#endif
