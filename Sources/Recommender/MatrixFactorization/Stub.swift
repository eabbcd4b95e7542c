public struct FederatedMatrixFactorization: FederatedAlgorithm {
    public struct Configuration: Sendable, Hashable {}
    public init(_ c: Configuration, itemCount: Int) {}
    public struct M: Ranker { public func scores(history: [Interaction], privateParameters: [Float]) -> [Float] { [] }
        public var snapshot: Snapshot { Snapshot(kind: "") } }
    public var queries: [SumQuery] { [] }
    public func makePrivateParameters(seed: UInt64) -> [Float] { [] }
    public func broadcast(round: Int) -> Int { 0 }
    public func statistic(_ b: Int, of h: [Interaction], privateParameters: inout [Float], seed: UInt64) -> Statistic { Statistic(dense: []) }
    public mutating func update(round: Int, with sum: NoisySum) {}
    public var model: M { M() }
    public var checkpoint: Snapshot { Snapshot(kind: "") }
    public mutating func restore(from checkpoint: Snapshot) throws {}
}
