#if PostgreSQL
    /// What a server, or the way to it, refuses.
    struct PostgreSQLFailure: Error {
        /// What may be done about it.
        enum Kind {
            /// Others were in the way; the transaction may be run again.
            case conflict
            /// The connection is gone, and with it what was not committed.
            case lost
            /// It stays so.
            case lasting
        }

        let kind: Kind
        let error: StoreError

        init(_ kind: Kind, _ error: StoreError) {
            self.kind = kind
            self.error = error
        }

        /// Interprets an SQLSTATE (PostgreSQL's manual, appendix A). Messages are the primary ones,
        /// which name tables but no content.
        init(sqlState: String, message: String) {
            switch sqlState {
            case "40001", "40P01":
                self.init(.conflict, .unavailable("others kept changing the same: \(message)"))
            // The server shuts down, crashed, or ended a session that stood still.
            case "57P01", "57P02", "57P03", "57P05", "25P03":
                self.init(.lost, .unavailable(message))
            case "53100", "58030": self.init(.lasting, .full(message))
            case "42501": self.init(.lasting, .unavailable(message))
            case _ where Self.passing.contains(String(sqlState.prefix(2))):
                self.init(.lasting, .unavailable(message))
            default: self.init(.lasting, .damaged("\(message) (SQLSTATE \(sqlState))"))
            }
        }

        /// Classes that an operator ends, or time: insufficient resources, limits, a lock or a
        /// statement that took too long, a database that is not writable, refused log-in.
        private static let passing: Set = ["08", "25", "28", "3D", "53", "54", "55", "57"]
    }
#endif
