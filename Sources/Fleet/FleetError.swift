/// Why a fleet cannot begin or go on.
package enum FleetError: Error, Equatable, CustomStringConvertible {
    /// The coordinator's ledger has another key than was given or pinned.
    case otherLedger(expected: String, found: String)
    /// What the coordinator calls the opening of its ledger is not shown to be that.
    case unprovenOpening(String)
    /// The devices of a rehearsal have to be numbered as those of the simulator are.
    case otherNumber(expected: Int, found: Int)
    /// The folder is of a fleet with other settings.
    case otherFleet(path: String, reason: String)
    /// More devices are asked for than the data have people.
    case tooFewPeople(asked: Int, people: Int)
    /// Behaviours are for real rounds: those of a rehearsal follow from its scenario.
    case behavioursInRehearsal
    /// A file cannot be read or written.
    case inaccessible(path: String, reason: String)
    /// The coordinator has no such task.
    case noTask(String)

    package var description: String {
        switch self {
        case .otherLedger(let expected, let found):
            "the coordinator's ledger is \(found), and not \(expected): nothing was sent; ask its "
                + "operator, and use another folder for another ledger"
        case .unprovenOpening(let reason):
            "the opening of the coordinator's ledger is not proven: \(reason)"
        case .otherNumber(let expected, let found):
            "device \(expected) of the rehearsal was enrolled as number \(found): a rehearsal needs a "
                + "coordinator at which nobody else has enrolled"
        case .otherFleet(let path, let reason):
            "\(path) is the folder of another fleet: \(reason); give the same settings as before, or "
                + "another --folder"
        case .tooFewPeople(let asked, let people):
            "\(asked) devices were asked for, and the data have \(people) people; lower --devices"
        case .behavioursInRehearsal:
            "the coordinator's ledger is that of a rehearsal, in which devices fail as the scenario "
                + "says; leave out --behaviours"
        case .inaccessible(let path, let reason): "\(path): \(reason)"
        case .noTask(let name):
            "the coordinator has no task \(name.debugDescription); 'covey-coordinator task list' "
                + "names those there are"
        }
    }
}
