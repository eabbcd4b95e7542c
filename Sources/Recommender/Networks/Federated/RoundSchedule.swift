/// Which rounds of a training ask for popularity, which train, and which measure.
struct RoundSchedule: Sendable {
    enum Round: Sendable, Hashable {
        case popularity
        /// The number of the round among those that train.
        case training(Int)
        case evaluation
    }

    let rounds: [Round]

    init(
        training count: Int, evaluation: PrivateEvaluation?, popularity: PopularityCorrection?
    ) {
        rounds =
            Array(repeating: .popularity, count: popularity?.rounds ?? 0)
            + (0..<count).flatMap { number -> [Round] in
                let isDue =
                    evaluation.map { (number + 1) % $0.interval == 0 || number + 1 == count }
                return [.training(number)] + (isDue == true ? [.evaluation] : [])
            }
    }

    /// How many rounds ask for popularity.
    var popularityRounds: Int { rounds.count { $0 == .popularity } }

    /// How many rounds measure.
    var evaluations: Int { rounds.count { $0 == .evaluation } }
}
