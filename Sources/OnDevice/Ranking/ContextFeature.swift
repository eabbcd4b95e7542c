/// One circumstance, in the few values that a single person's history can tell apart.
public enum ContextFeature: Sendable, Hashable, Codable {
    /// The part of the day.
    case hour(DayPart)
    /// Whether it is Saturday or Sunday.
    case weekday(isWeekend: Bool)
    /// The kind of device.
    case device(String)
    /// How far a session has come.
    case session(SessionPart)

    /// Six hours of a day.
    public enum DayPart: String, Sendable, Hashable, Codable {
        /// From midnight to six.
        case night
        /// From six to noon.
        case morning
        /// From noon to six.
        case afternoon
        /// From six to midnight.
        case evening
    }

    /// The part of a session.
    public enum SessionPart: String, Sendable, Hashable, Codable {
        /// Nothing came before.
        case start
        /// One to four events came before.
        case middle
        /// Five or more events came before.
        case late
    }

    /// The features of a context.
    static func features(of context: EventContext) -> [ContextFeature] {
        let parts: [DayPart] = [.night, .morning, .afternoon, .evening]
        var features: [ContextFeature] = [
            .hour(parts[min(3, Int(context.hour) / 6)]), .weekday(isWeekend: context.weekday > 5),
        ]
        if let device = context.device { features.append(.device(device)) }
        if let position = context.sessionPosition {
            features.append(.session(position < 1 ? .start : position < 5 ? .middle : .late))
        }
        return features
    }
}

extension ContextFeature: CustomStringConvertible {
    /// In one or two words: "evening", "weekend", "phone", "start of session".
    public var description: String {
        switch self {
        case .hour(let part): part.rawValue
        case .weekday(let isWeekend): isWeekend ? "weekend" : "weekdays"
        case .device(let name): name
        case .session(let part): "\(part.rawValue) of session"
        }
    }
}
