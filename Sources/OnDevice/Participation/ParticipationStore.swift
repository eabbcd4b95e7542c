/// Where a device keeps what must outlive the process: named documents, sealed at rest.
///
/// Synchronous, so that nothing of an app can come between a decision and its being durable.
///
/// The account is worth what the store is: one that goes back to an older state, as from a backup,
/// or forgets a document makes the account count less than was spent. Keep it out of backups, and
/// erase an account by ``Participation/withdrawConsent(account:)`` only.
public protocol ParticipationStore: Sendable {
    /// The document of a name; nil where there is none.
    func document(_ name: String) throws -> [UInt8]?
    /// Replaces a document, whole or not at all, or erases it where there are no bytes; that is
    /// durable when the call returns.
    func setDocument(_ name: String, _ bytes: [UInt8]?) throws
    /// Replaces a document as ``setDocument(_:_:)`` does, if it is still `former`, which is nil where
    /// there was none. No other change comes between the comparison and the replacement.
    ///
    /// - Returns: Whether it was replaced.
    func replaceDocument(_ name: String, _ former: [UInt8]?, by bytes: [UInt8]) throws -> Bool
}

extension BehaviourStore: ParticipationStore {}
