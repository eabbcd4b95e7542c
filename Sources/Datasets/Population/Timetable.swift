internal import Recommender
internal import Sodium

/// When a person was there, in a few figures.
struct Timetable {
    /// Whether timestamps are positions, as where the data carry no time.
    let isNumbered: Bool
    let first: Int64
    /// From the first to the last interaction, in seconds.
    let span: Int64
    /// Runs of interactions without a long pause between.
    let visits: Int
    let length: Int

    /// A pause of more than an hour ends a visit.
    static let pause: Int64 = 3_600

    init(of history: [Interaction]) {
        length = history.count
        isNumbered = history.enumerated().allSatisfy { $0.element.timestamp == Int64($0.offset) }
        first = history.first?.timestamp ?? 0
        // Timestamps may be anything: those of a foreign file are not trusted to be in order.
        let (span, overflow) = (history.last?.timestamp ?? 0).subtractingReportingOverflow(first)
        self.span = overflow ? 0 : max(span, 0)
        visits =
            1
            + zip(history, history.dropFirst()).reduce(0) {
                $0 + (Self.isPause(from: $1.0.timestamp, to: $1.1.timestamp) ? 1 : 0)
            }
    }

    static func isPause(from first: Int64, to second: Int64) -> Bool {
        // Times that are too far apart for a difference are as far apart as any.
        let (step, overflow) = second.subtractingReportingOverflow(first)
        return overflow || step > pause || step < 0
    }
}

/// What people have in common in time: the steps within visits, and the hours at which visits begin.
struct Rhythm {
    private var steps = ValueSamples<Int64>()
    private var hours: AliasTable

    init(of users: [InteractionData.User]) {
        var within: [Int64] = []
        var byHour = [Float](repeating: 0, count: 24)
        for user in users where !Timetable(of: user.history).isNumbered {
            for (place, interaction) in user.history.enumerated() {
                let time = interaction.timestamp
                if place == 0
                    || Timetable.isPause(from: user.history[place - 1].timestamp, to: time)
                {
                    byHour[Int(((time / 3_600) % 24 + 24) % 24)] += 1
                } else {
                    within.append(time - user.history[place - 1].timestamp)
                }
            }
        }
        steps.append(within, limit: 1_024)
        hours = AliasTable(byHour)
    }

    /// Times for `count` interactions, in order: as many visits for each interaction as in `timetable`,
    /// on days spread evenly over its span.
    func times(
        _ count: Int, like timetable: Timetable, _ randomness: inout SeededRandomness
    ) -> [Int64] {
        guard !timetable.isNumbered else { return (0..<count).map(Int64.init) }
        let scaled = Double(timetable.visits) * Double(count) / Double(max(timetable.length, 1))
        let visits = min(max(Int(scaled.rounded()), 1), max(count, 1))
        var begins = [Bool](repeating: false, count: count)
        for _ in 1..<max(visits, 1) where count > 1 {
            begins[1 + randomness.nextIndex(below: count - 1)] = true
        }
        let visitCount = 1 + begins.reduce(0) { $0 + ($1 ? 1 : 0) }
        let day: Int64 = 86_400
        let firstDay = timetable.first / day
        let days = timetable.span / day
        var starts = (0..<visitCount).map { visit -> Int64 in
            let hour = Int64(hours.draw(&randomness) ?? 0)
            let second = Int64(randomness.nextIndex(below: 3_600))
            let later =
                visit == 0
                ? 0 : visit == 1 ? days : Int64(randomness.nextIndex(below: Int(days) + 1))
            return ((firstDay &+ later) &* day) &+ hour * 3_600 &+ second
        }
        starts.sort()
        var time = starts[0]
        var visit = 0
        return (0..<count).map { place in
            if begins[place] {
                visit += 1
                time = max(time, starts[visit])
            } else if place > 0 {
                time &+= steps.draw(0, &randomness) ?? 60
            }
            return time
        }
    }
}
