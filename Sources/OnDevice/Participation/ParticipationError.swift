/// Why a participation cannot be set up or changed.
public enum ParticipationError: Error, Equatable, CustomStringConvertible {
    /// The owner's wish does not follow from the state.
    case consentNotPossible(from: Consent, to: Consent)
    /// The stored document is not one that this version reads.
    case unreadableDocument(name: String, reason: String)
    /// The store has the owner's choices, and not the account that goes with them.
    case accountMissing
    /// The device's account is with another ledger.
    case otherLedger(expected: String, found: String)
    /// Another participation has changed the account or the choices in between.
    case changedElsewhere
    /// A cap that no epsilon can have.
    case invalidCap(Double)

    /// The cause and the remedy, in one line.
    public var description: String {
        switch self {
        case .consentNotPossible(let from, .granted):
            "consent cannot be granted from '\(from)': the privacy account was erased with it, and a "
                + "new one would count less than was spent"
        case .consentNotPossible(let from, let to):
            "consent cannot change from '\(from)' to '\(to)'"
        case .unreadableDocument(let name, let reason):
            "the document '\(name)' cannot be read: \(reason); it is left as it is: restore it, or go "
                + "on with a newer version of the app"
        case .accountMissing:
            "the account of the rounds that this device was part of is missing from its store; restore "
                + "it, or enrol the device no more: a new account would count less than was spent"
        case .otherLedger(let expected, let found):
            "this device's privacy account is with the ledger \(found), not \(expected); enrol it with "
                + "that one"
        case .changedElsewhere:
            "another participation on the same store has changed it meanwhile; nothing was sent or "
                + "overwritten: try again, and keep to one participation"
        case .invalidCap(let cap): "a cap of \(cap) is not a finite epsilon from 0 up"
        }
    }
}
