import Learning

/// The moments in which items are asked for: what a network knows of a person then.
struct Requests {
    /// The row of each person's private vector.
    let people: [Int32]
    /// Each person's latest items before, the latest last.
    let latest: [[Int32]]
    /// The rows of each moment's ``ContextFeatures``, request after request.
    let contexts: [Int32]

    /// The moments before some interactions.
    ///
    /// - Parameters:
    ///   - examples: The interactions, which themselves are not looked at but for their time.
    ///   - histories: Whose they are.
    ///   - length: The most items of a history that are looked at.
    init(before examples: ArraySlice<Example>, in histories: Histories, length: Int) {
        people = examples.map(\.person)
        latest = examples.map {
            histories(Int($0.person)).prefix(Int($0.place)).suffix(length).map(\.item)
        }
        contexts = examples.flatMap { example in
            let history = histories(Int(example.person))
            let place = history.startIndex + Int(example.place)
            return ContextFeatures.rows(
                time: history[place].timestamp,
                previous: example.place > 0 ? history[place - 1].timestamp : nil,
                count: Int(example.place), code: history[place].context)
        }
    }

    /// The moment after all that a person did, at the time of the last interaction; of a person who
    /// did nothing, no more is known than that.
    init(after person: Int, in histories: Histories, length: Int) {
        let history = histories(person)
        people = [0]
        latest = [history.suffix(length).map(\.item)]
        contexts =
            history.last.map {
                ContextFeatures.rows(
                    time: $0.timestamp, previous: $0.timestamp, count: history.count,
                    code: $0.context)
            } ?? [Int32](repeating: -1, count: ContextFeatures.fieldCount)
    }

    /// The number of requests.
    var count: Int { people.count }
}
