#if PostgreSQL
    /// Calls `body` with pointers to byte strings, a zero behind each, valid until it returns.
    func withPointers<Result>(
        to strings: [[UInt8]?], _ body: ([UnsafePointer<CChar>?]) throws -> Result
    ) rethrows -> Result {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(strings.reduce(0) { $0 + ($1?.count ?? 0) + 1 })
        let offsets = strings.map { string -> Int? in
            guard let string else { return nil }
            defer {
                bytes += string
                bytes.append(0)
            }
            return bytes.count
        }
        return try bytes.withUnsafeBytes { bytes in
            let base = bytes.bindMemory(to: CChar.self).baseAddress
            return try body(offsets.map { offset in offset.flatMap { base?.advanced(by: $0) } })
        }
    }
#endif
