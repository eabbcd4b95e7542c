/// A whole data set: the catalogue and each person's history.
///
/// Only data set readers, generators and the simulator's set-up hold one; once a simulation runs,
/// every history lives in its own device.
public struct InteractionData: Sendable {
    /// One person's identifier and interactions, oldest first.
    public struct User: Sendable, Hashable {
        /// The identifier in the data set.
        public var id: String
        /// The interactions in chronological order; ties keep the order of the source.
        public var history: [Interaction]

        /// Describes one person.
        public init(id: String, history: [Interaction]) {
            self.id = id
            self.history = history
        }
    }

    /// What the data set is called in reports.
    public var name: String
    /// The public items.
    public var catalogue: Catalogue
    /// The people, in order of first appearance in the source.
    public var users: [User]

    /// Collects a data set.
    public init(name: String, catalogue: Catalogue, users: [User]) {
        self.name = name
        self.catalogue = catalogue
        self.users = users
    }

    /// The number of interactions of all people together.
    public var interactionCount: Int { users.reduce(0) { $0 + $1.history.count } }
}
