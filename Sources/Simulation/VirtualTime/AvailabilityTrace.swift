/// Recorded times at which devices could take part, repeated from the beginning of a day on when they are
/// over.
struct AvailabilityTrace: Sendable {
    private let assignment: TraceAssignment
    /// The windows of all recorded devices, one device after the other, in order and apart.
    private let windows: [AvailabilityWindow]
    /// Where the windows of each recorded device begin, and where the last one's end.
    private let starts: [Int]
    /// After how many seconds the records are repeated: whole days.
    private let period: Double

    /// Reads a CSV file with the columns device, start and end.
    init(path: String, order: PhoneModel.TraceOrder, seed: UInt64) throws(VirtualTimeError) {
        try self.init(
            TraceFile(path: path, columns: ["device", "start", "end"]), order: order, seed: seed)
    }

    init(
        _ file: TraceFile, order: PhoneModel.TraceOrder, seed: UInt64
    ) throws(VirtualTimeError) {
        var sessions: [Double: [AvailabilityWindow]] = [:]
        for row in file.rows {
            let (start, end) = (row.values[1], row.values[2])
            guard end > start else {
                throw .badTrace(
                    path: file.path, line: row.line, field: "end", value: "\(end)",
                    expected: "a time after the start, \(start)")
            }
            sessions[row.values[0], default: []].append(
                AvailabilityWindow(start: start, end: end))
        }
        var (windows, starts, last): ([AvailabilityWindow], [Int], Double) = ([], [0], 0)
        for (_, recorded) in sessions.sorted(by: { $0.key < $1.key }) {
            let sorted = recorded.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
            for window in sorted {
                last = max(last, window.end)
                if windows.count > (starts.last ?? 0),
                    window.start <= windows[windows.count - 1].end
                {
                    windows[windows.count - 1].end = max(
                        windows[windows.count - 1].end, window.end)
                } else {
                    windows.append(window)
                }
            }
            starts.append(windows.count)
        }
        self.windows = windows
        self.starts = starts
        period = (last / 86_400).rounded(.up) * 86_400
        assignment = TraceAssignment(
            count: starts.count - 1, order: order, key: VirtualDraws.key(seed: seed, "sessions"))
    }

    /// The first window of a device that ends after `time`.
    func window(of device: Int, after time: Double) -> AvailabilityWindow? {
        let recorded = assignment.line(of: device)
        let own = windows[starts[recorded]..<starts[recorded + 1]]
        let cycle = (time / period).rounded(.down)
        let within = time - cycle * period
        var (low, high) = (own.startIndex, own.endIndex)
        while low < high {
            let middle = (low + high) / 2
            if own[middle].end > within { high = middle } else { low = middle + 1 }
        }
        // Rounding may find one whose end is not after the time once it is shifted.
        while low < own.endIndex, own[low].end + cycle * period <= time { low += 1 }
        let isLater = low == own.endIndex
        guard let window = isLater ? own.first : own[low] else { return nil }
        let shift = (isLater ? cycle + 1 : cycle) * period
        return AvailabilityWindow(start: window.start + shift, end: window.end + shift)
    }
}

/// Which line of a trace a device has.
struct TraceAssignment: Sendable {
    let count: Int
    let order: PhoneModel.TraceOrder
    let key: UInt64

    func line(of device: Int) -> Int {
        switch order {
        case .cyclic: return device % count
        case .random:
            var draws = VirtualDraws(key: key, device)
            return Int.random(in: 0..<count, using: &draws)
        }
    }
}
