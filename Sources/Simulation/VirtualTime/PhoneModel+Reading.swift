extension PhoneModel {
    /// Reads the section.
    static func read(_ reader: inout SettingsReader) throws -> PhoneModel {
        var phones = PhoneModel()
        func number(
            _ name: String, _ path: WritableKeyPath<PhoneModel, Double>,
            in range: ClosedRange<Double>
        ) throws {
            phones[keyPath: path] = try reader.number(
                "phones.\(name)", default: phones[keyPath: path], in: range)
        }
        phones.availability = try reader.choice(
            "phones.availability", default: phones.availability)
        switch phones.availability {
        case .always: break
        case .trace:
            phones.availabilityTrace = reader.text("phones.availabilityTrace", default: "")
            guard !phones.availabilityTrace.isEmpty else {
                throw ScenarioError.contradiction(
                    "phones.availability is 'trace': set phones.availabilityTrace to a CSV file with "
                        + "the columns device, start, end")
            }
        case .diurnal:
            phones.timeZones = try readTimeZones(&reader, default: phones.timeZones)
            try number("nightShare", \.nightShare, in: 0...1)
            try number("nightHour", \.nightHour, in: 12...36)
            try number("nightHourSpread", \.nightHourSpread, in: 0...12)
            try number("nightHours", \.nightHours, in: 0.1...24)
            try number("nightHoursSpread", \.nightHoursSpread, in: 0...3)
            try number("dayWindows", \.dayWindows, in: 0...100)
            try number("dayMinutes", \.dayMinutes, in: 0.1...1440)
            try number("dayMinutesSpread", \.dayMinutesSpread, in: 0...3)
            try number("interruptionsPerHour", \.interruptionsPerHour, in: 0...60)
        }
        phones.capabilityTrace = reader.text("phones.capabilityTrace", default: "")
        if phones.capabilityTrace.isEmpty {
            try number("speedSpread", \.speedSpread, in: 0...3)
        }
        if phones.availability == .trace || !phones.capabilityTrace.isEmpty {
            phones.traceOrder = try reader.choice("phones.traceOrder", default: phones.traceOrder)
        }
        try number("secondsPerInteraction", \.secondsPerInteraction, in: 0...3600)
        try number("secondsPerRound", \.secondsPerRound, in: 0...86_400)
        try number("variation", \.variation, in: 0...3)
        try number("stragglers", \.stragglers, in: 0...1)
        try number("stragglerSlowdown", \.stragglerSlowdown, in: 1...10_000)
        try number("crash", \.crash, in: 0...1)
        try number("cpuWatts", \.cpuWatts, in: 0...100)
        try number("radioWatts", \.radioWatts, in: 0...100)
        try number("waitingWatts", \.waitingWatts, in: 0...100)
        try number("voltage", \.voltage, in: 1...100)
        return phones
    }

    private static func readTimeZones(
        _ reader: inout SettingsReader, default standard: [TimeZone]
    ) throws -> [TimeZone] {
        let text = reader.text("phones.timeZones", default: description(of: standard))
        let zones = text.split(separator: ",").map { part -> TimeZone? in
            let fields = part.split(separator: ":", omittingEmptySubsequences: false)
                .map { Double($0.filter { $0 != " " }) }
            guard (1...2).contains(fields.count), let offset = fields[0],
                (-12.0...14.0).contains(offset)
            else { return nil }
            guard let weight = fields.count == 2 ? fields[1] : 1, weight > 0, weight.isFinite else {
                return nil
            }
            return TimeZone(offset: offset, weight: weight)
        }
        let read = zones.compactMap { $0 }
        guard !read.isEmpty, read.count == zones.count else {
            throw ScenarioError.contradiction(
                "'phones.timeZones' cannot be '\(text)'; it takes hours east of UTC with their shares, "
                    + "such as 1:3,0:1")
        }
        return read
    }

    private static func description(of zones: [TimeZone]) -> String {
        zones.map { "\(brief($0.offset)):\(brief($0.weight))" }.joined(separator: ",")
    }

    private static func brief(_ number: Double) -> String {
        number == number.rounded() ? "\(Int(number))" : "\(number)"
    }
}
