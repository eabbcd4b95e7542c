extension LedgerInclusion {
    /// What the entry says; nil where its bytes are not the canonical encoding of an entry. Nothing
    /// of it is true before ``isValid(under:)`` is.
    public var content: LedgerEntry.Content? { (try? LedgerEntry(decoding: entry))?.content }
}
