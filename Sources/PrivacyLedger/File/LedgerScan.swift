internal import Foundation

/// The records of a ledger file, as far as they are whole.
struct LedgerScan: Sendable {
    /// The records, oldest first.
    private(set) var records: [LedgerRecord] = []
    /// Where the whole records end, in bytes.
    private(set) var end = LedgerRecord.header.count
    /// What follows them; nil where the file ends there.
    private(set) var stop: Stop?

    /// Why a scan ended before the file did.
    struct Stop: Sendable {
        let reason: String
        /// Whether it is what a crash in the middle of a write leaves: an incomplete last record,
        /// which nobody was told of.
        let isTorn: Bool
    }

    /// The check of everything before ``end``.
    var checksum: [UInt8] { records.last?.checksum ?? LedgerRecord.first }

    /// Reads a file piece by piece, so that one which is no ledger costs no memory.
    init(path: String) throws(LedgerError) {
        guard let file = FileHandle(forReadingAtPath: path) else { throw .unreadable(path: path) }
        defer { try? file.close() }
        var reader = Reader { try file.read(upToCount: 1 << 20).map { [UInt8]($0) } ?? [] }
        try scan(&reader, name: path)
    }

    /// Reads the content of a file.
    init(bytes: [UInt8]) throws(LedgerError) {
        var rest: [UInt8]? = bytes
        var reader = Reader {
            defer { rest = nil }
            return rest ?? []
        }
        try scan(&reader, name: "the file")
    }

    private mutating func scan(_ reader: inout Reader, name: String) throws(LedgerError) {
        do {
            let header = try reader.next(LedgerRecord.header.count)
            guard header == LedgerRecord.header else {
                throw LedgerError.notALedger(path: name, reason: Self.complaint(header))
            }
            while stop == nil, try !reader.isAtEnd { try scanRecord(&reader) }
        } catch let error as LedgerError { throw error } catch { throw .unreadable(path: name) }
    }

    private static func complaint(_ header: [UInt8]) -> String {
        if header.isEmpty { return "it is empty" }
        if header.starts(with: LedgerRecord.header.prefix(14)) {
            return "it has a version that this program does not read; use a newer one"
        }
        return "byte 0: it does not begin with \"covey ledger v1\""
    }

    private mutating func scanRecord(_ reader: inout Reader) throws {
        let previous = checksum
        let prefix = try reader.next(LedgerRecord.prefixLength)
        guard prefix.count == LedgerRecord.prefixLength else {
            return stop = Stop(reason: "an incomplete record ends the file", isTorn: true)
        }
        let length = prefix.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        guard prefix == LedgerRecord.prefix(prefix[4], count: length, after: previous) else {
            let isTorn = try reader.isZeroToEnd()
            return stop = Stop(
                reason: isTorn
                    ? "zeros end the file"
                    : "the record does not follow the one before it: it was changed, moved or "
                        + "removed", isTorn: isTorn)
        }
        guard let kind = LedgerRecord.Kind(rawValue: prefix[4]), length > 0,
            length <= LedgerRecord.largestPayload
        else {
            return stop = Stop(
                reason: "a record of kind \(prefix[4]) and \(length) bytes", isTorn: false)
        }
        let rest = try reader.next(length + LedgerRecord.checksumLength)
        guard rest.count == length + LedgerRecord.checksumLength else {
            return stop = Stop(reason: "an incomplete record ends the file", isTorn: true)
        }
        let record = LedgerRecord(
            kind, Array(rest.prefix(length)), at: end, prefix: prefix, after: previous)
        guard rest.suffix(LedgerRecord.checksumLength).elementsEqual(record.checksum) else {
            // A write that was cut short leaves zeros at its end; a changed record does not.
            let stored = rest.suffix(LedgerRecord.checksumLength)
            let same = zip(stored, record.checksum).prefix { $0 == $1 }.count
            let isCutShort = stored.dropFirst(same).allSatisfy { $0 == 0 }
            return stop = Stop(
                reason: "the record was changed: its checksum is another",
                isTorn: try isCutShort && reader.isZeroToEnd())
        }
        records.append(record)
        end = record.end
    }
}

/// A file that is read from its beginning.
private struct Reader {
    /// The next piece; empty at the end.
    let more: () throws -> [UInt8]
    private var buffer: [UInt8] = []
    private var position = 0

    init(more: @escaping () throws -> [UInt8]) { self.more = more }

    var isAtEnd: Bool {
        mutating get throws {
            try fill(1)
            return position == buffer.count
        }
    }

    /// The next `count` bytes, or as many as there are.
    mutating func next(_ count: Int) throws -> [UInt8] {
        try fill(count)
        let end = min(position + count, buffer.count)
        defer { position = end }
        return Array(buffer[position..<end])
    }

    /// Whether nothing is left but zeros, with which a file ends that grew before its data was
    /// written; reads to the end.
    mutating func isZeroToEnd() throws -> Bool {
        while try !isAtEnd {
            guard buffer[position...].allSatisfy({ $0 == 0 }) else { return false }
            position = buffer.count
        }
        return true
    }

    private mutating func fill(_ count: Int) throws {
        while buffer.count - position < count {
            let piece = try more()
            if piece.isEmpty { return }
            buffer = Array(buffer[position...]) + piece
            position = 0
        }
    }
}
