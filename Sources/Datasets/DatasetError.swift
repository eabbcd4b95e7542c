/// Why a data set could not be read or generated. Every case prints as one line.
public enum DatasetError: Error, Sendable, Hashable {
    /// What is wrong with one row of a file.
    public enum RowProblem: Sendable, Hashable {
        /// The row ends before a column that is needed.
        case tooFewFields(found: Int, needed: Int)
        /// The row has no user or no item.
        case emptyField(column: String)
        /// The rating, timestamp or context is not a finite number in its column's range.
        case badNumber(column: String, text: String)
        /// A quoted field is still open at the end of the file.
        case unterminatedQuote
        /// The field holds more or fewer numbers than those of rows before it.
        case otherLength(column: String, found: Int, expected: Int)
        /// The field holds none of the words that are known there.
        case unknownWord(column: String, text: String, allowed: [String])
    }

    /// There is no file or directory at the path.
    case notFound(path: String)
    /// The file exists and cannot be read.
    case unreadable(path: String, reason: String)
    /// The file starts like gzip and cannot be decompressed.
    case corruptGzip(path: String, reason: String)
    /// The directory or file is in none of the supported formats.
    case unknownFormat(path: String)
    /// The header lacks a column that is needed.
    case missingColumn(path: String, column: String, found: [String])
    /// A row does not say what its columns promise. Lines count from 1.
    case malformedRow(path: String, line: Int, problem: RowProblem)
    /// The file has not a single interaction.
    case empty(path: String)
    /// The file tells of several people where the history of one is needed.
    case severalPeople(path: String)
    /// The file has no row of a person.
    case noSuchUser(path: String, user: String)
    /// The file of columns was cut, changed or written by something else.
    case damagedColumns(path: String, part: String)
    /// The file of columns is of another version of the format.
    case otherColumns(path: String, version: UInt32)
    /// The file could not be written.
    case unwritable(path: String, reason: String)
    /// A setting of ``SyntheticPopulation`` is outside its range.
    case invalidSetting(name: String, value: String, allowed: String)
}

extension DatasetError: CustomStringConvertible {
    /// The cause and what the reader can do about it.
    public var description: String {
        switch self {
        case .notFound(let path):
            "\(oneLine(path)): no such file or directory"
        case .unreadable(let path, let reason):
            "\(oneLine(path)): cannot be read (\(oneLine(reason))); check its permissions"
        case .corruptGzip(let path, let reason):
            "\(oneLine(path)): damaged gzip file (\(oneLine(reason))); fetch it again"
        case .unknownFormat(let path):
            """
            \(oneLine(path)): no known data set; expected a file of ratings or a directory with \
            ratings.csv, ratings.dat or u.data
            """
        case .missingColumn(let path, let column, let found):
            """
            \(oneLine(path)): no column "\(column)" in the header; it has \
            \(found.prefix(12).map { "\"\(oneLine($0))\"" }.joined(separator: ", "))
            """
        case .malformedRow(let path, let line, let problem):
            "\(oneLine(path)):\(line): \(problem)"
        case .empty(let path):
            "\(oneLine(path)): no interactions in it; check that this is the file of ratings"
        case .severalPeople(let path):
            "\(oneLine(path)): rows of several people; choose one with --user"
        case .noSuchUser(let path, let user):
            "\(oneLine(path)): no row of user \"\(oneLine(user))\""
        case .damagedColumns(let path, let part):
            "\(oneLine(path)): a damaged file of columns (its \(part)); write or fetch it again"
        case .otherColumns(let path, let version):
            """
            \(oneLine(path)): columns of version \(version), and this program reads version \
            \(ColumnsHeader.version); write the file again with this program
            """
        case .unwritable(let path, let reason):
            """
            \(oneLine(path)): cannot be written (\(oneLine(reason))); check the folder and the room \
            on the disk
            """
        case .invalidSetting(let name, let value, let allowed):
            "synthetic population: \(name) is \(value); choose \(allowed)"
        }
    }
}

extension DatasetError.RowProblem: CustomStringConvertible {
    /// What is wrong, without the place.
    public var description: String {
        switch self {
        case .tooFewFields(let found, let needed):
            "\(found) \(found == 1 ? "field" : "fields") where \(needed) are needed"
        case .emptyField(let column):
            "the \(column) is empty"
        case .badNumber(let column, let text):
            "the \(column) \"\(oneLine(text))\" is not a valid number; leave it empty if unknown"
        case .unterminatedQuote:
            "a quoted field is opened here and never closed"
        case .otherLength(let column, let found, let expected):
            "the \(column) has \(found) numbers where rows before it have \(expected)"
        case .unknownWord(let column, let text, let allowed):
            "the \(column) is \"\(oneLine(text))\"; choose one of \(allowed.joined(separator: ", "))"
        }
    }
}

/// Text from a file or path made fit for a one-line message: short and without control characters.
private func oneLine(_ text: String) -> String {
    let limit = 200
    let clean = text.unicodeScalars.prefix(limit).map { scalar -> Character in
        scalar.properties.generalCategory == .control ? "\u{FFFD}" : Character(scalar)
    }
    return String(clean) + (text.unicodeScalars.count > limit ? "…" : "")
}
