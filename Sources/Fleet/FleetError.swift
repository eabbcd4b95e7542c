/// Why a fleet cannot begin or go on.
package enum FleetError: Error, Equatable, CustomStringConvertible {
    /// The coordinator's ledger has another key than was given or pinned.
    case otherLedger(expected: String, found: String)
    /// What the coordinator calls the opening of its ledger is not shown to be that.
    case unprovenOpening(String)

    package var description: String {
        switch self {
        case .otherLedger(let expected, let found):
            "the coordinator's ledger is \(found), and not \(expected): nothing was sent; ask its "
                + "operator, and use another folder for another ledger"
        case .unprovenOpening(let reason):
            "the opening of the coordinator's ledger is not proven: \(reason)"
        }
    }
}
