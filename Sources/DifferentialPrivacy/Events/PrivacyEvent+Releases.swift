extension PrivacyEvent {
    /// What a user may have been part of: one set of releases for each choice of the groups of
    /// ``PrivacyEvent/parallel(_:)``.
    ///
    /// - Throws: ``DifferentialPrivacyError`` for counts below 0 and for more than 256 choices.
    func alternatives(times: Double = 1) throws(DifferentialPrivacyError) -> [Releases] {
        switch self {
        case .repeated(let event, let count):
            try require(count >= 0, "the number of repetitions", Double(count), "at least 0")
            if count == 0 { return [Releases()] }
            let once = try event.alternatives(times: times)
            if once.count == 1 { return try event.alternatives(times: times * Double(count)) }
            // The groups may be others each time.
            var result = once
            for _ in 1..<count { try result.combine(with: once) }
            return result
        case .composed(let events):
            var result: [Releases] = [Releases()]
            for event in events {
                try result.combine(with: event.alternatives(times: times))
            }
            return result
        case .parallel(let events):
            var result: [Releases] = []
            for event in events {
                for alternative in try event.alternatives(times: times)
                where !result.contains(alternative) {
                    result.append(alternative)
                }
            }
            return result.isEmpty ? [Releases()] : result
        case .correlated(let noise):
            return try noise.event().alternatives(times: times)
        case .poissonSampled(let rate, let event):
            try require(rate >= 0 && rate <= 1, "the sampling rate", rate, "from 0 to 1")
            if rate == 0 { return [Releases()] }
            if rate == 1 { return try event.alternatives(times: times) }
            return [Releases(self, count: times)]
        default:
            return [Releases(self, count: times)]
        }
    }
}

extension [Releases] {
    /// Every one of these with every one of the others.
    mutating func combine(
        with others: [Releases]
    ) throws(DifferentialPrivacyError) {
        if others.count == 1 {
            for index in indices { self[index].add(others[0]) }
            return
        }
        var result: [Releases] = []
        for own in self {
            for other in others {
                var both = own
                both.add(other)
                if !result.contains(both) { result.append(both) }
            }
        }
        guard result.count <= 256 else {
            throw .unsupported(
                "a composition of parallel events with more than 256 choices of groups",
                remedy: "put the rounds of each group into one parallel event")
        }
        self = result
    }
}
