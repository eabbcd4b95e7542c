internal import Sodium

/// A time in which a device can take part, in seconds since the beginning.
struct AvailabilityWindow: Sendable, Hashable {
    var start: Double
    var end: Double
}

/// When each device can take part: a pure function of the seed, the device and the day, computed when it
/// is asked for, so that a million devices take no memory.
struct Availability: Sendable {
    private let model: PhoneModel
    private let trace: AvailabilityTrace?
    private let key: UInt64
    private let startHour: Double
    /// The shares of the time zones, summed up.
    private let zoneEnds: [Double]
    /// Room for one day of one device.
    private var day = DeviceDay()

    init(_ model: PhoneModel, startHour: Double, trace: AvailabilityTrace?, seed: UInt64) {
        self.model = model
        self.trace = trace
        self.startHour = startHour
        key = VirtualDraws.key(seed: seed, "availability")
        var total = 0.0
        zoneEnds = model.timeZones.map {
            total += $0.weight
            return total
        }
    }

    /// The first window of a device that ends after `time`; nil where none does for a year.
    mutating func window(of device: Int, after time: Double) -> AvailabilityWindow? {
        switch model.availability {
        case .always: AvailabilityWindow(start: 0, end: .infinity)
        case .trace: trace?.window(of: device, after: time)
        case .diurnal: diurnalWindow(of: device, after: time)
        }
    }

    /// The days of a device begin at noon, so that nights are whole.
    private mutating func diurnalWindow(
        of device: Int, after time: Double
    ) -> AvailabilityWindow? {
        var habits = VirtualDraws(key: key, device, -1)
        let place = habits.unit() * (zoneEnds.last ?? 0)
        let zone = zoneEnds.firstIndex { place < $0 } ?? 0
        // A person's whole day is earlier or later by this; the rest of the spread is from night to night.
        let shift = habits.normal() * model.nightHourSpread * 0.7071
        let offset = (startHour + model.timeZones[zone].offset - 12 - shift) * 3600
        let first = Int(((time + offset) / 86_400).rounded(.down))
        for number in first..<first + 366 {
            var draws = VirtualDraws(key: key, device, number)
            day.draw(model, from: &draws)
            let noon = Double(number) * 86_400 - offset
            if let window = day.windows.first(where: { noon + $0.end > time }) {
                return AvailabilityWindow(start: noon + window.start, end: noon + window.end)
            }
        }
        return nil
    }
}

/// The windows of one device from noon to noon, in seconds from the first.
private struct DeviceDay: Sendable {
    private(set) var windows: [AvailabilityWindow] = []
    private var sessions: [AvailabilityWindow] = []

    private static let length = 86_400.0
    private static let hour = 3600.0
    /// A window that is shorter is none, in seconds.
    private static let shortest = 60.0
    /// The mean time for which a phone is taken up, in seconds.
    private static let interruption = 300.0

    mutating func draw(_ model: PhoneModel, from draws: inout VirtualDraws) {
        sessions.removeAll(keepingCapacity: true)
        if draws.unit() < model.nightShare {
            let start =
                (model.nightHour - 12 + draws.normal() * model.nightHourSpread * 0.7071) * Self.hour
            let length = draws.logNormal(
                median: model.nightHours * Self.hour, spread: model.nightHoursSpread)
            add(start: start, length: length)
        }
        if model.dayWindows > 0 {
            // The sixteen hours from eight to midnight, of which those before noon end this day.
            let waking = 16 * Self.hour
            // One may go on from before noon: as likely as at any other hour.
            let mean =
                model.dayMinutes * 60
                * portableExp(model.dayMinutesSpread * model.dayMinutesSpread / 2)
            if draws.unit() < model.dayWindows * mean / waking {
                let length = draws.logNormal(
                    median: model.dayMinutes * 60, spread: model.dayMinutesSpread)
                add(start: 0, length: draws.unit() * length)
            }
            var place = draws.exponential(mean: waking / model.dayWindows)
            while place < waking {
                let length = draws.logNormal(
                    median: model.dayMinutes * 60, spread: model.dayMinutesSpread)
                add(
                    start: place < 12 * Self.hour ? place : place + 8 * Self.hour, length: length)
                place += draws.exponential(mean: waking / model.dayWindows)
            }
        }
        sessions.sort { $0.start < $1.start }
        windows.removeAll(keepingCapacity: true)
        var current: AvailabilityWindow?
        for session in sessions {
            guard let open = current else {
                current = session
                continue
            }
            if session.start <= open.end {
                current?.end = max(open.end, session.end)
            } else {
                cut(open, model, &draws)
                current = session
            }
        }
        if let current { cut(current, model, &draws) }
    }

    private mutating func add(start: Double, length: Double) {
        let start = max(0, start)
        let end = min(start + length, Self.length)
        if end - start >= Self.shortest {
            sessions.append(AvailabilityWindow(start: start, end: end))
        }
    }

    /// Adds a session without the times in which the phone is taken up.
    private mutating func cut(
        _ session: AvailabilityWindow, _ model: PhoneModel, _ draws: inout VirtualDraws
    ) {
        guard model.interruptionsPerHour > 0 else { return windows.append(session) }
        var start = session.start
        while start < session.end {
            let end = min(
                session.end,
                start + draws.exponential(mean: Self.hour / model.interruptionsPerHour))
            if end - start >= Self.shortest {
                windows.append(AvailabilityWindow(start: start, end: end))
            }
            start = end + draws.exponential(mean: Self.interruption)
        }
    }
}
