/// Where a device keeps what must outlive the process: a named document, sealed at rest.
///
/// Synchronous, so that nothing of an app can come between a decision and its being durable.
public protocol ParticipationStore: Sendable {
    /// The document of a name; nil where there is none.
    func document(_ name: String) throws -> [UInt8]?
    /// Replaces a document, whole or not at all; it is on the disk when the call returns.
    func setDocument(_ name: String, _ bytes: [UInt8]?) throws
}
