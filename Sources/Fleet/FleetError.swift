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
    /// The coordinator could not be asked before the run was to end.
    case noAnswer(url: String)
    /// Another process runs the fleet of this folder.
    case inUse(String)
    /// The coordinator asks for enrolment tokens, and there is not one for each device.
    case tooFewTokens(given: Int, needed: Int)
    /// The coordinator does not enrol a device, and would not the next time either.
    case enrolmentRefused(String)
    /// None of the devices was enrolled.
    case nobodyEnrolled(reason: String)

    /// A file or folder that cannot be made or written.
    static func unwritable(_ path: String) -> FleetError {
        .inaccessible(
            path: path,
            reason: "it cannot be made or written; check its folder, permissions and room")
    }

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
            "\(path) is the folder of another fleet: \(reason); give the settings as they were "
                + "(--devices is data.users of synthetic data), or another --folder"
        case .tooFewPeople(let asked, let people):
            "\(asked) devices were asked for, and the data have \(people) people; lower --devices"
        case .behavioursInRehearsal:
            "the coordinator's ledger is that of a rehearsal, in which devices fail as the scenario "
                + "says; leave out --behaviours"
        case .inaccessible(let path, let reason): "\(path): \(reason)"
        case .noTask(let name):
            "the coordinator has no task \(name.debugDescription); 'covey-coordinator task list' "
                + "names those there are"
        case .noAnswer(let url): "\(url) does not answer; is the coordinator running?"
        case .inUse(let path):
            "another covey-fleet runs the devices of \(path); stop it, or give another --folder"
        case .tooFewTokens(let given, let needed):
            "the coordinator enrols by one-time tokens, and there are \(given) for \(needed) devices; "
                + "'covey-coordinator token create \(needed) > tokens.txt' makes them, and --tokens "
                + "tokens.txt hands them out"
        case .enrolmentRefused(let reason): "not enrolled: \(reason)"
        case .nobodyEnrolled(let reason): "none of the devices takes part: \(reason)"
        }
    }
}
