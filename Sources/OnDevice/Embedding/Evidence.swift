/// One thing that says something of the person's taste: an event, or an answer given at the start.
public struct Evidence: Sendable, Hashable {
    /// What it is.
    public enum Source: Sendable, Hashable {
        /// Something done with an item.
        case event(BehaviourEvent)
        /// An item picked when the app was set up.
        case pickedItem(String)
        /// A category picked when the app was set up.
        case pickedCategory(String)

        /// What it is about.
        var subject: Subject {
            switch self {
            case .event(let event): .item(event.item)
            case .pickedItem(let item): .item(item)
            case .pickedCategory(let name): .category(name)
            }
        }
    }

    /// What evidence can be about.
    enum Subject: Sendable, Hashable {
        case item(String)
        case category(String)
    }

    /// What it is.
    public var source: Source
    /// How strongly it speaks for what it is about; negative against it, 0 not at all.
    public var strength: Double

    /// Describes a piece of evidence.
    public init(_ source: Source, strength: Double) {
        self.source = source
        self.strength = strength
    }
}
