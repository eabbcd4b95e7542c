internal import FederatedProtocol
package import PrivacyLedger

/// What a device goes by when it speaks of "the ledger": its opening, under a key that was given or
/// pinned.
package struct LedgerTrust: Sendable, Hashable {
    /// The first entry.
    package let opening: LedgerOpening
    /// Its name and key.
    package let key: VerificationKey

    /// Asks a coordinator for its ledger's opening and checks it: it is the ledger's first entry under
    /// a checkpoint that its key has signed.
    ///
    /// - Parameters:
    ///   - client: The way to the coordinator.
    ///   - expected: The key that was given, or pinned before; nil at the first use.
    /// - Throws: ``FleetError/otherLedger(expected:found:)``, ``FleetError/unprovenOpening(_:)``, or
    ///   what the call throws.
    package init(asking client: CoordinatorClient, expecting expected: VerificationKey?)
        async throws
    {
        let described: Covey_V1_DescribeResponse = try await client.call(
            .describe, Covey_V1_DescribeRequest())
        let bytes = [UInt8](described.opening)
        let claimed = LedgerInclusion(entry: bytes, index: 0, path: [])
        guard case .opening(let opening) = claimed.content else {
            throw FleetError.unprovenOpening("it is not the opening of a ledger")
        }
        let key = try VerificationKey(name: opening.origin, key: opening.publicKey)
        if let expected, expected != key {
            throw FleetError.otherLedger(
                expected: expected.description, found: key.description)
        }
        let proof: Covey_V1_GetInclusionProofResponse = try await client.call(
            .getInclusionProof, Covey_V1_GetInclusionProofRequest())
        let checkpoint = try Checkpoint(proof.checkpoint)
        guard checkpoint.origin == key.name, checkpoint.note.isSigned(by: key) else {
            throw FleetError.unprovenOpening("the checkpoint is not signed with its key")
        }
        let inclusion = proof.inclusion.inclusion
        guard inclusion.index == 0, inclusion.entry == bytes, inclusion.isValid(under: checkpoint)
        else { throw FleetError.unprovenOpening("it is not the ledger's first entry") }
        self.opening = opening
        self.key = key
    }

    /// Goes by an opening that was checked elsewhere.
    package init(opening: LedgerOpening) throws(LedgerError) {
        self.opening = opening
        key = try VerificationKey(name: opening.origin, key: opening.publicKey)
    }
}
