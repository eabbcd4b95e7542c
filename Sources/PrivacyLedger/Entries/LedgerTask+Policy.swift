internal import PrivateAggregation

extension LedgerTask {
    /// How many devices a round invites.
    func invited(by plan: RoundPlan) -> Int {
        if plan.groups == 1 { return plan.sum.cohortSize }
        if case .everyone = policy.selection { return population }
        return policy.fixedSize ?? min(population + 1, plan.sum.cohortSize * plan.groups)
    }

    /// What a round breaks of this task's cohort policy; nil if nothing.
    func complaint(of plan: RoundPlan) -> String? {
        let (sum, groups) = (plan.sum, plan.groups)
        let size = sum.cohortSize
        let name = groups == 1 ? "devices" : "devices in each of \(groups) groups"
        // Groups of a cohort differ in size by one at most.
        func isOf(_ cohort: Int) -> Bool {
            size == cohort / groups || size == (cohort + groups - 1) / groups
        }
        switch policy.selection {
        case .everyone where !isOf(population):
            return "\(size) \(name) are invited where all \(population) take part"
        case .rotation(let promised) where !isOf(promised):
            return "\(size) \(name) are invited where \(promised) take turns"
        case .limited(let promised, _) where !isOf(promised):
            return "\(size) \(name) are invited where \(promised) are promised"
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
