/// Where a coordinator keeps everything.
package enum StoreLocation: Sendable {
    /// A file of SQLite.
    case file(path: String)
    /// A PostgreSQL database, as libpq takes it; with the password, so it is never shown.
    case database(connection: String)

    /// Whether several coordinators may share it.
    package var isShared: Bool {
        switch self {
        case .file: false
        case .database: true
        }
    }

    /// Reads the setting `store`.
    ///
    /// - Parameter password: The database's. It must not stand in the text, which is shown and logged.
    init(_ text: String, password: String?) throws(SettingsError) {
        let schemes = ["postgresql://", "postgres://"]
        guard let scheme = schemes.first(where: { text.hasPrefix($0) }) else {
            guard !text.isEmpty, !text.contains("://") else {
                throw .invalid(
                    key: "store", reason: "expected a path or postgresql://user@host/database")
            }
            self = .file(path: text)
            return
        }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let user = authority.lastIndex(of: "@").map { authority[..<$0] }
        guard user?.contains(":") != true, !rest.contains("password=") else {
            throw .invalid(
                key: "store",
                reason: "a password is put into \(ServerSecret.databasePassword.rawValue) or "
                    + "database.passwordFile, not here")
        }
        guard let password else {
            self = .database(connection: text)
            return
        }
        guard let user, !user.isEmpty else {
            throw .invalid(
                key: "store", reason: "a password needs a user: postgresql://user@host/…")
        }
        self = .database(
            connection: "\(scheme)\(user):\(password.percentEncoded)\(rest.dropFirst(user.count))")
    }
}
