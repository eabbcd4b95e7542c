/// An answer that anybody may ask for and that costs something to find: it is found by one at a time,
/// for all who wait, and given again until it is too old.
actor RecentAnswer<Answer: Sendable> {
    private let age: Duration
    private let find: @Sendable () async -> Answer
    private var finding: Task<Answer, Never>?
    private var last: (answer: Answer, found: ContinuousClock.Instant)?

    /// - Parameters:
    ///   - age: For how long an answer is given.
    ///   - find: Finds one.
    init(for age: Duration, _ find: @escaping @Sendable () async -> Answer) {
        self.age = age
        self.find = find
    }

    /// The answer.
    func get() async -> Answer {
        if let last, ContinuousClock.now - last.found < age { return last.answer }
        if let finding { return await finding.value }
        // Not a part of the request that asks first: that one may be given up.
        let task = Task { [find] in await find() }
        finding = task
        let answer = await task.value
        finding = nil
        last = (answer, ContinuousClock.now)
        return answer
    }
}
