internal import FederatedProtocol

extension VirtualTime {
    /// Reads the sections of a scenario.
    ///
    /// - Returns: nil where `time.model` is `none`; the other keys are unknown then.
    /// - Throws: ``ScenarioError``.
    package static func read(_ reader: inout SettingsReader) throws -> VirtualTime? {
        let names = ["none"] + Model.allCases.map(\.rawValue)
        let name = try reader.choice("time.model", of: names, default: "none")
        guard let model = Model(rawValue: name) else { return nil }
        var time = VirtualTime(model)
        time.startHour = try reader.number(
            "time.startHour", default: time.startHour, in: 0...24)
        time.longestDays = try reader.number(
            "time.longestDays", default: time.longestDays, in: 0.01...3650)
        time.attempts = try reader.integer(
            "time.attempts", default: time.attempts, in: 1...1_000_000)
        time.checkInsPerSecond = try reader.number(
            "time.checkInsPerSecond", default: time.checkInsPerSecond, in: 0.1...1e6)
        time.gathering = try reader.number(
            "time.gatheringSeconds", default: time.gathering, in: 0...86_400)
        time.schedule = try readSchedule(&reader, default: time.schedule)
        switch model {
        case .synchronous:
            time.holdsDevices = try reader.flag("time.hold", default: time.holdsDevices)
            time.overSelection = try reader.number(
                "time.overSelection", default: time.overSelection, in: 1...10)
        case .asynchronous:
            time.concurrency = try reader.integer(
                "time.concurrency", default: time.concurrency, in: 0...100_000_000)
            time.maximumStaleness = try reader.integer(
                "time.maximumStaleness", default: time.maximumStaleness, in: 0...1_000_000)
        }
        time.phones = try PhoneModel.read(&reader)
        time.network = try NetworkModel.read(&reader)
        time.outages = try OutageModel.read(&reader)
        return time
    }

    private static func readSchedule(
        _ reader: inout SettingsReader, default standard: StepSchedule
    ) throws -> StepSchedule {
        func read(_ name: String, _ milliseconds: Int) throws -> Int {
            let seconds = try reader.number(
                "time.\(name)Seconds", default: Double(milliseconds) / 1000, in: 0.001...86_400)
            return Int((seconds * 1000).rounded())
        }
        return StepSchedule(
            advertising: try read("advertising", standard.advertising),
            sharing: try read("sharing", standard.sharing),
            masking: try read("masking", standard.masking),
            endorsing: try read("endorsing", standard.endorsing),
            unmasking: try read("unmasking", standard.unmasking), poll: standard.poll)
    }
}
