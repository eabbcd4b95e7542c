internal import Foundation
internal import GRDB

extension SealedStore {
    func events() throws -> [Record<BehaviourEvent>] {
        try records(in: .event, decode: BehaviourEvent.init(payload:))
    }

    func impressions() throws -> [Record<Impression>] {
        try records(in: .impression, decode: Impression.init(payload:))
    }

    /// Erases the events and impressions that a condition names; where it names none, nothing
    /// changes.
    ///
    /// - Parameter item: Taken out of what was picked, in the same step.
    mutating func erase(
        event isDoomedEvent: (BehaviourEvent) -> Bool,
        impression isDoomedImpression: (Impression) -> Bool, picked item: String? = nil
    ) throws {
        var rows: Rows = [:]
        rows[.event] = Set(try events().filter { isDoomedEvent($0.content) }.map(\.row))
        rows[.impression] = Set(
            try impressions().filter { isDoomedImpression($0.content) }.map(\.row))
        var additions: [SealedTable: [[UInt8]]] = [:]
        let question = PersonalHistory.itemsQuestion
        if let item, let answer = try named(question, in: .answer) {
            let picked = try answer.content.answers()
            if picked.contains(item) {
                let left = NamedRecord(name: question, answers: picked.filter { $0 != item })
                rows[.answer] = [answer.row]
                additions[.answer] = [left.payload]
            }
        }
        // A deletion of the same that failed half-way is finished before there is nothing to do.
        guard rows.values.contains(where: { !$0.isEmpty }) else { return try settleMasterKey() }
        try erase(rows, adding: additions)
    }

    /// The answer or document of a name.
    func named(_ name: String, in table: SealedTable) throws -> Record<NamedRecord>? {
        try records(in: table, decode: NamedRecord.init(payload:)).first { $0.content.name == name }
    }

    /// Writes an answer or document over the former one of its name.
    func replace(_ name: String, in table: SealedTable, by record: NamedRecord) throws {
        if let former = try named(name, in: table) {
            try update(row: former.row, of: table, to: record.payload)
        } else {
            try insert([record.payload], into: table)
        }
    }

    /// Erases the answer or document of a name and, in the same step, writes another.
    mutating func replaceErasing(
        _ name: String, in table: SealedTable, by record: NamedRecord?
    ) throws {
        if let former = try named(name, in: table) {
            guard former.content.payload != record?.payload else { return try settleMasterKey() }
            try erase([table: [former.row]], adding: [table: record.map { [$0.payload] } ?? []])
        } else if let record {
            try insert([record.payload], into: table)
        } else {
            try settleMasterKey()
        }
    }

    func export() throws -> StoreExport {
        let answers = try records(in: .answer) {
            let record = try NamedRecord(payload: &$0)
            return (record.name, try record.answers())
        }
        let documents = try records(in: .document) {
            let record = try NamedRecord(payload: &$0)
            return (record.name, Data(record.content))
        }
        return StoreExport(
            events: try events().map(\.content).sorted(by: \.time),
            impressions: try impressions().map(\.content).sorted(by: \.time),
            answers: Dictionary(answers.map(\.content), uniquingKeysWith: { $1 }),
            documents: Dictionary(documents.map(\.content), uniquingKeysWith: { $1 }))
    }
}

extension Array {
    /// The elements by time; those of the same time stay in their order.
    func sorted(by time: KeyPath<Element, Int64>) -> [Element] {
        let isSorted = zip(self, dropFirst()).allSatisfy {
            $0[keyPath: time] <= $1[keyPath: time]
        }
        guard !isSorted else { return self }
        return enumerated()
            .sorted {
                ($0.element[keyPath: time], $0.offset) < ($1.element[keyPath: time], $1.offset)
            }
            .map(\.element)
    }
}
