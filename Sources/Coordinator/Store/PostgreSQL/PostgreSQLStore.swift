#if PostgreSQL
    /// The store in a PostgreSQL database, which any number of coordinators share.
    ///
    /// Its tables stand in the schema "covey", which is made where it is missing. Connections last:
    /// between the coordinator and the server, a pooler must keep to sessions, not transactions.
    public enum PostgreSQLStore {
        /// Opens the store in a database, and makes its tables where there are none.
        ///
        /// - Parameter connectionString: As libpq takes it: "postgresql://user@host/database". The
        ///   password, if it holds one, is in no message.
        /// - Throws: ``StoreError/unavailable(_:)``, ``StoreError/tooNew(version:known:)``.
        public static func open(_ connectionString: String) async throws -> any CoordinatorStore {
            try await SQLStore.migrating(PostgreSQLDatabase(ConnectionString(connectionString)))
        }
    }
#endif
