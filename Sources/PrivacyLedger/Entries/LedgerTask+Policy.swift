internal import PrivateAggregation

extension LedgerTask {
    /// What a round's sum breaks of this task's cohort policy; nil if nothing.
    func complaint(of sum: PrivateSumPlan) -> String? {
        let size = sum.cohortSize
        switch policy.selection {
        case .everyone where size != population:
            return "\(size) devices are invited where all \(population) take part"
        case .rotation(let promised) where size != promised:
            return "\(size) devices are invited where \(promised) take turns"
        case .coins where size > policy.mostInvitations(in: 1, population: population):
            return "\(size) devices are invited, more than coins choose of \(population)"
        default: break
        }
        let fewest = policy.minimumSurvivors(of: size)
        if sum.minimumSurvivors < fewest {
            return "\(sum.minimumSurvivors) devices would do where at least \(fewest) are promised"
        }
        let colluding = policy.colluding(of: size)
        if sum.colluding < colluding {
            return "the noise of \(sum.colluding) colluding devices is left out, of \(colluding) "
                + "promised"
        }
        return nil
    }
}
