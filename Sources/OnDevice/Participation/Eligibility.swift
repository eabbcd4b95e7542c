/// The conditions under which an app lets its device take part.
public struct Eligibility: Sendable, Hashable {
    /// Only while the device is idle.
    public var requiresIdle: Bool
    /// Only while it charges.
    public var requiresCharging: Bool
    /// Only on an unmetered network.
    public var requiresUnmetered: Bool
    /// Only with so many events. That a device answers shows the coordinator that it has as many,
    /// which no noise hides: 0 where that itself is private.
    public var minimumEvents: Int

    /// Collects conditions.
    public init(
        requiresIdle: Bool = true, requiresCharging: Bool = true, requiresUnmetered: Bool = true,
        minimumEvents: Int = 0
    ) {
        self.requiresIdle = requiresIdle
        self.requiresCharging = requiresCharging
        self.requiresUnmetered = requiresUnmetered
        self.minimumEvents = minimumEvents
    }

    /// Everything that speaks against taking part; nothing where the device may.
    public func hindrances(under conditions: DeviceConditions) -> [Hindrance] {
        var hindrances: [Hindrance] = []
        if requiresIdle, !conditions.isIdle { hindrances.append(.inUse) }
        if requiresCharging, !conditions.isCharging { hindrances.append(.notCharging) }
        if requiresUnmetered, !conditions.isUnmetered { hindrances.append(.metered) }
        if conditions.eventCount < minimumEvents {
            hindrances.append(.tooFewEvents(conditions.eventCount, needed: minimumEvents))
        }
        return hindrances
    }
}

/// What the app knows of the device at a moment.
public struct DeviceConditions: Sendable, Hashable {
    /// Nobody uses it.
    public var isIdle: Bool
    /// It is connected to power.
    public var isCharging: Bool
    /// Its network costs nothing by volume.
    public var isUnmetered: Bool
    /// The number of events in its store.
    public var eventCount: Int

    /// Describes a moment.
    public init(isIdle: Bool, isCharging: Bool, isUnmetered: Bool, eventCount: Int) {
        self.isIdle = isIdle
        self.isCharging = isCharging
        self.isUnmetered = isUnmetered
        self.eventCount = eventCount
    }
}
