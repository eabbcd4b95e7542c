public import Sodium

/// Where the key that opens a store is kept: outside the store, so that a copy of the one is nothing
/// without the other.
///
/// A store's deletions replace the key. Old and new are held together for the moment in which the
/// database changes from the one to the other; an opened store finishes what a crash left undone.
/// An app implements this over the system's key chain; ``MasterKeyFile`` is for systems without one.
public protocol MasterKeyProvider: Sendable {
    /// The keys held, of 32 bytes, the oldest first; none where no store was made yet.
    func masterKeys() throws -> [SecretBytes]

    /// Replaces all keys held by `keys`: durably when it returns, and in one step, so that a crash
    /// leaves either the former keys or these. The former should be overwritten.
    func replaceMasterKeys(with keys: [SecretBytes]) throws
}
