internal import Foundation

/// The lines of a CSV file of numbers with a header.
struct TraceFile {
    /// One line.
    struct Row {
        /// The number of the line in the file, from 1.
        let line: Int
        /// In the order in which the columns were asked for.
        let values: [Double]
    }

    let path: String
    let rows: [Row]

    /// Reads the columns of these names, wherever they are in the file.
    ///
    /// - Throws: ``VirtualTimeError``.
    init(path: String, columns: [String]) throws(VirtualTimeError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .unreadableTrace(path: path, columns: columns)
        }
        try self.init(path: path, text: String(decoding: data, as: UTF8.self), columns: columns)
    }

    init(path: String, text: String, columns: [String]) throws(VirtualTimeError) {
        self.path = path
        var rows: [Row] = []
        var places: [Int]?
        var number = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            guard fields != [""], !line.hasPrefix("#") else { continue }
            guard let known = places else {
                places = try Self.places(of: columns, in: fields, path: path, line: number)
                continue
            }
            var values: [Double] = []
            for (column, place) in zip(columns, known) {
                let text = place < fields.count ? fields[place] : ""
                guard let value = Double(text), value.isFinite, value >= 0 else {
                    throw .badTrace(
                        path: path, line: number, field: column, value: text,
                        expected: "a number from 0 up")
                }
                values.append(value)
            }
            rows.append(Row(line: number, values: values))
        }
        guard !rows.isEmpty else { throw .emptyTrace(path: path, columns: columns) }
        self.rows = rows
    }

    private static func places(
        of columns: [String], in header: [String], path: String, line: Int
    ) throws(VirtualTimeError) -> [Int] {
        var places: [Int] = []
        for column in columns {
            guard let place = header.firstIndex(of: column) else {
                throw .badTrace(
                    path: path, line: line, field: column, value: header.joined(separator: ","),
                    expected: "a header with the columns " + columns.joined(separator: ", "))
            }
            places.append(place)
        }
        return places
    }
}
