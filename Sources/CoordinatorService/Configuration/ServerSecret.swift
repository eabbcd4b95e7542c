internal import Foundation

/// A secret of the operator. It is given in the environment or in a file, never as a flag that every
/// user of the machine could read.
package enum ServerSecret: String, CaseIterable, Sendable {
    case administratorToken = "COVEY_ADMINISTRATION_TOKEN"
    case databasePassword = "COVEY_DATABASE_PASSWORD"

    /// Finds a secret in the environment, or else in a file where there is one.
    ///
    /// - Throws: ``SecretFileError``.
    func find(
        in environment: [String: String], file path: String
    ) throws(SecretFileError) -> String? {
        if let value = environment[rawValue], !value.isEmpty { return value }
        return path.isEmpty ? nil : try SecretFile.read(path)
    }
}

/// A file with something that others must not read.
package enum SecretFile {
    /// The text in a file without the white space around it.
    ///
    /// - Throws: ``SecretFileError``.
    package static func read(_ path: String) throws(SecretFileError) -> String {
        try checkPermissions(of: path)
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .unreadable(path: path)
        }
        let text = String(decoding: data.prefix(4_096), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.isEmpty else { throw .empty(path: path) }
        return text
    }

    /// Makes sure that only the file's owner and group may read it.
    static func checkPermissions(of path: String) throws(SecretFileError) {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let mode = attributes[.posixPermissions] as? Int
        else { throw .unreadable(path: path) }
        guard mode & 0o007 == 0 else { throw .open(path: path) }
    }
}

/// Why a secret cannot be had from a file.
package enum SecretFileError: Error, Equatable, CustomStringConvertible {
    /// There is no such file, or it cannot be read.
    case unreadable(path: String)
    /// There is nothing in it.
    case empty(path: String)
    /// Every user of the machine may read or change it.
    case open(path: String)

    /// The cause and the remedy, in one line.
    package var description: String {
        switch self {
        case .unreadable(let path): "\(path) cannot be read; check its name and permissions"
        case .empty(let path): "\(path) is empty"
        case .open(let path): "\(path) is open to everybody on this machine; chmod 600 it"
        }
    }
}
