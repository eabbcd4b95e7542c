internal import Coordinator
internal import Simulation

/// A round as a row of a table.
struct RoundRow {
    let id: String
    let number: String
    let query: String
    let state: StateBadge
    /// The step under way.
    let step: [String]
    let reason: [String]
    /// For screen readers, where it was abandoned.
    let announcement: [String]
    let invited: String
    /// How many answered each counted step.
    let survivors: [String]
    /// How many are in the sum.
    let summed: String
    /// How many seconds each timed step took.
    let seconds: [String]
    /// All of it.
    let duration: String
    let epsilonCoordinator: String
    let epsilonObserver: String
    let noise: String
    let began: TimeText

    /// - Parameters:
    ///   - round: The round.
    ///   - now: Milliseconds since 1970: rounds of the same day need no date.
    ///   - announces: What it is a round of, where screen readers are told when it is abandoned.
    init(_ round: CoordinatorOverview.Round, now: Int64, announces task: String) {
        id = "round-\(round.number)"
        number = NumberText.count(round.ordinal)
        query = round.query
        state = .round(round.state)
        step = [round.step].compactMap { $0 }
        reason = round.reason.isEmpty ? [] : [round.reason]
        announcement =
            round.state == "abandoned" && !task.isEmpty
            ? ["Round \(round.ordinal) of \(task) was abandoned: \(round.reason)"] : []
        invited = NumberText.count(round.invited)
        survivors = RoundStep.counted.map { Self.count($0.survivors(of: round)) }
        summed = Self.count(RoundStep.masking.survivors(of: round))
        seconds = RoundStep.timed.map { Self.seconds($0.milliseconds(of: round).map(Int64.init)) }
        duration = Self.seconds(round.ended.map { $0.subtractingReportingOverflow(round.began).0 })
        epsilonCoordinator = Self.positive(round.epsilonCoordinator)
        epsilonObserver = Self.positive(round.epsilonObserver)
        noise =
            round.noiseStandardDeviation == 0
            ? NumberText.none : NumberText.significant(round.noiseStandardDeviation)
        began = TimeText(round.began, beside: now)
    }

    private static func count(_ value: Int?) -> String {
        value.map { NumberText.count($0) } ?? NumberText.none
    }

    /// Zero is what there is before the charge.
    private static func positive(_ epsilon: Double) -> String {
        epsilon == 0 ? NumberText.none : NumberText.fixed(epsilon)
    }

    private static func seconds(_ milliseconds: Int64?) -> String {
        milliseconds.map { NumberText.fixed(Double(max(0, $0)) / 1000, digits: 3) }
            ?? NumberText.none
    }
}
