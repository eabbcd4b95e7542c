/// One person's history, divided for evaluation.
public struct Holdout: Sendable, Hashable {
    /// What training may use, oldest first.
    public var training: [Interaction]
    /// What a ranking may look at and training may not: the past of people who came after it.
    public var introduction: [Interaction]
    /// What settings are chosen on; empty if the history is too short.
    public var validation: [Interaction]
    /// What results are reported on; empty if the history is too short.
    public var test: [Interaction]

    /// Divides one history.
    public init(
        training: [Interaction], introduction: [Interaction] = [],
        validation: [Interaction] = [], test: [Interaction] = []
    ) {
        self.training = training
        self.introduction = introduction
        self.validation = validation
        self.test = test
    }
}
