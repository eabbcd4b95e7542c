internal import Foundation
internal import Sodium

/// The append-only record of what a training spent: a file of JSON lines, one entry a round, each
/// holding the hash of the line before it, so that no line can be changed, removed or inserted
/// without breaking the chain behind it.
public struct PrivacyLedger: Sendable {
    /// Where the ledger is kept.
    public let path: String
    /// The entries, oldest first.
    public private(set) var entries: [LedgerEntry]
    private var lastHash: String

    static let noHash = String(repeating: "0", count: 64)

    /// Starts an empty ledger file; there must be none at `path`.
    public init(creating path: String) throws {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw LedgerError.exists(path: path)
        }
        self.path = path
        entries = []
        lastHash = Self.noHash
        do { try Data().write(to: URL(filePath: path)) } catch {
            throw LedgerError.unwritable(path: path)
        }
    }

    /// Opens a ledger file and verifies its chain.
    ///
    /// - Throws: ``LedgerError`` naming the first line that does not fit.
    public init(opening path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw LedgerError.unreadable(path: path)
        }
        self.path = path
        entries = []
        lastHash = Self.noHash
        for (index, line) in data.split(separator: UInt8(ascii: "\n")).enumerated() {
            guard let entry = try? JSONDecoder().decode(LedgerEntry.self, from: line) else {
                throw LedgerError.malformed(path: path, line: index + 1)
            }
            guard entry.previousHash == lastHash, entry.round == index else {
                throw LedgerError.brokenChain(path: path, line: index + 1)
            }
            entries.append(entry)
            lastHash = Self.hash([UInt8](line))
        }
    }

    /// Makes sure that the entry of its round is on the disk: appends it, or, where a run that was
    /// stopped repeats a round that it had charged already, checks that it is the same.
    public mutating func record(_ entry: LedgerEntry) throws {
        var entry = entry
        if entry.round < entries.count {
            entry.previousHash = entries[entry.round].previousHash
            guard entry == entries[entry.round] else {
                throw LedgerError.contradiction(path: path, line: entry.round + 1)
            }
            return
        }
        guard entry.round == entries.count else {
            throw LedgerError.contradiction(path: path, line: entries.count + 1)
        }
        entry.previousHash = lastHash
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let line = try encoder.encode(entry)
        do {
            let file = try FileHandle(forWritingTo: URL(filePath: path))
            defer { try? file.close() }
            try file.seekToEnd()
            try file.write(contentsOf: line + Data("\n".utf8))
            try file.synchronize()
        } catch { throw LedgerError.unwritable(path: path) }
        entries.append(entry)
        lastHash = Self.hash([UInt8](line))
    }

    private static func hash(_ line: [UInt8]) -> String { hexadecimal(BLAKE2b.hash(line)) }

    /// Lower-case hexadecimal digits, two a byte.
    public static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}

/// Why a ledger cannot be used.
public enum LedgerError: Error, Equatable, CustomStringConvertible {
    /// There is a file already where a new ledger was to begin.
    case exists(path: String)
    /// The file cannot be read.
    case unreadable(path: String)
    /// The file cannot be written.
    case unwritable(path: String)
    /// A line is not an entry.
    case malformed(path: String, line: Int)
    /// A round was to be recorded that does not follow, or differs from what is recorded of it.
    case contradiction(path: String, line: Int)
    /// A line does not continue the one before it.
    case brokenChain(path: String, line: Int)

    /// The cause and the remedy, in one line.
    public var description: String {
        switch self {
        case .exists(let path): "\(path) exists already; a ledger is never overwritten"
        case .unreadable(let path): "the ledger \(path) cannot be read"
        case .unwritable(let path): "the ledger \(path) cannot be written"
        case .malformed(let path, let line): "\(path), line \(line): not a ledger entry"
        case .contradiction(let path, let line):
            "\(path), line \(line): the round to be recorded does not agree with the ledger"
        case .brokenChain(let path, let line):
            "\(path), line \(line): the entry does not continue the one before it; "
                + "a line was changed, removed or inserted"
        }
    }
}
