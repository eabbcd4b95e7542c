extension CanaryScores {
    /// All bounds that scores give, each at the confidence of `level` by itself: assumption-free
    /// ones first. A few milliseconds for 10,000 canaries; O(m log m).
    public func bounds(at level: AuditLevel) -> [AuditBound] {
        [OneRunBound.bound(self, at: level)]
            + OneRunTradeOffBound.bounds(self, at: level)
            + [
                NormalShiftBound.bound(self, nullMean: .zero, at: level),
                NormalShiftBound.bound(self, nullMean: .estimated, at: level),
                ThresholdBound.bound(self, at: level),
            ]
    }
}
