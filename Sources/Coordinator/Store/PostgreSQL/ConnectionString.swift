#if PostgreSQL
    internal import CPostgreSQL

    /// Where a server is and who asks it, as libpq takes it: "postgresql://user@host/database" or
    /// "host=... dbname=...". What it holds is for nobody's eyes.
    struct ConnectionString: Sendable {
        /// libpq's keywords and their values.
        let options: [(keyword: String, value: String)]

        /// What holds where the string says nothing: a server that is gone is found out within
        /// seconds, not the two hours that systems have for it.
        private static let defaults = [
            ("connect_timeout", "5"), ("keepalives_idle", "10"), ("keepalives_interval", "5"),
            ("keepalives_count", "3"), ("tcp_user_timeout", "20000"),
            ("fallback_application_name", "covey-coordinator"),
        ]

        /// Takes a string apart.
        ///
        /// - Throws: ``StoreError/unavailable(_:)``, with nothing of the string in it, as that may be
        ///   a part of the password.
        init(_ string: String) throws(StoreError) {
            guard let parsed = PQconninfoParse(string, nil) else {
                throw .unavailable(
                    "the connection string is none that PostgreSQL takes, such as "
                        + "postgresql://user@host/database")
            }
            defer { PQconninfoFree(parsed) }
            var given: [String: String] = [:]
            var option = parsed
            while let keyword = option.pointee.keyword {
                if let value = option.pointee.val {
                    given[String(cString: keyword)] = String(cString: value)
                }
                option += 1
            }
            // Where "@" or "/" of a password stand as they are, the rest of it is taken for a host, a
            // port or a database, which libpq would go on to name in its messages.
            let isPortSound = given["port"]?.utf8.allSatisfy { (0x2c...0x39).contains($0) } ?? true
            let isCutWell = ["host", "hostaddr", "dbname"].allSatisfy {
                given[$0]?.utf8.contains(UInt8(ascii: "@")) != true
            }
            guard isPortSound, isCutWell else {
                throw .unavailable(
                    "the connection string names no host, port and database; write @ and / in a "
                        + "password as %40 and %2F")
            }
            for (keyword, value) in Self.defaults where given[keyword] == nil {
                given[keyword] = value
            }
            given["client_encoding"] = "UTF8"
            options = given.map { ($0.key, $0.value) }
        }
    }
#endif
