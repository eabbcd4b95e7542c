/// Why a simulation stopped, apart from faults of the scenario, the data or the protocol.
public enum SimulationError: Error, Equatable, CustomStringConvertible {
    /// The run folder cannot be made or written.
    case unwritable(path: String)
    /// The run folder is taken.
    case occupied(path: String)
    /// The folder to resume is not a run folder, or is damaged.
    case notResumable(path: String, reason: String)
    /// A folder to look at is not that of a run, or is damaged.
    case notARun(path: String, reason: String)
    /// More devices were lost in a round than the cohort tolerates.
    case tooManyLost(round: Int, step: String, left: Int, needed: Int)
    /// More rounds came to nothing after they had been charged than the budget covers.
    case spareRoundsUsed(rounds: Int, spare: Int)
    /// No device was left in a round.
    case nobodyLeft
    /// No device has held-out items to judge a ranking by.
    case nothingToEvaluate
    /// A model is of another catalogue than the scenario's.
    case otherCatalogue

    /// The cause and the remedy, in one line.
    public var description: String {
        switch self {
        case .unwritable(let path): "\(path): the run folder cannot be written"
        case .occupied(let path):
            "\(path) is not empty; choose another folder, or continue that run with --resume"
        case .notResumable(let path, let reason): "\(path) cannot be resumed: \(reason)"
        case .notARun(let path, let reason):
            "\(path) is no folder of a run that is over: \(reason)"
        case .tooManyLost(let round, let step, let left, let needed):
            "round \(round + 1): \(left) devices are left after '\(step)' where \(needed) are "
                + "needed, so that its sum is not revealed; raise cohort.toleratedDropout"
        case .spareRoundsUsed(let rounds, let spare):
            "the budget covers \(rounds) rounds, \(spare) of them spare ones, and more came to "
                + "nothing after they had been charged; raise cohort.spareRounds"
        case .nobodyLeft: "no device was left in a round"
        case .nothingToEvaluate:
            "no person has an interaction to hold out: rankings cannot be judged; "
                + "the data need people with at least 2 interactions"
        case .otherCatalogue:
            "the model is of other items than the scenario's data; give the scenario and the data "
                + "that it was trained with"
        }
    }
}
