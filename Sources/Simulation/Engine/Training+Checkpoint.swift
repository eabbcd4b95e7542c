internal import FederatedProtocol
import PrivacyLedger
import Recommender

/// What is kept of a training, so that it can go on after its process ended.
extension Training {
    private static var learntDevices: String { "devices that learnt" }
    private static var learntParameters: String { "private parameters" }
    /// Numbers up to this are kept exactly in a tensor.
    private static var numberBase: Int { 1 << 20 }

    /// Writes the state down. All processes take part; the first writes.
    func save(
        _ state: State, _ privateParameters: inout PrivateParameters, in folder: RunFolder
    ) throws {
        let own = privateParameters.recent
        var learnt = own
        for words in try processes.gather(privateParameters.words(of: own)).dropFirst() {
            learnt.merge(privateParameters.learnt(from: words)) { $1 }
        }
        if processes.isFirst {
            try privateParameters.synchronize()
            var checkpoint = state.algorithm.checkpoint
            checkpoint.attributes["round"] = "\(state.round)"
            checkpoint.attributes["begun"] = "\(state.begun)"
            for (age, broadcast) in state.pastBroadcasts.enumerated() {
                checkpoint.keep(state.algorithm.snapshot(of: broadcast), age)
            }
            let devices = learnt.keys.sorted()
            checkpoint.tensors[Self.learntDevices] = .init(
                shape: [devices.count, 2],
                values: devices.flatMap {
                    [Float($0 / Self.numberBase), Float($0 % Self.numberBase)]
                })
            checkpoint.tensors[Self.learntParameters] = .init(
                shape: [devices.count, privateParameters.width],
                values: devices.flatMap { learnt[$0] ?? [] })
            try folder.write(checkpoint: checkpoint)
            try folder.write(metrics: state.metrics)
        }
        privateParameters.settle(learnt)
    }

    /// The state of a run that was stopped. The first process reads its folder and tells the others.
    ///
    /// - Parameter cohorts: Becomes where the next round's comes from.
    func restore(
        _ initial: State, _ privateParameters: inout PrivateParameters,
        _ cohorts: inout CohortSource, from folder: RunFolder, ledger: PrivacyLedger?
    ) throws -> State {
        var state = initial
        var charges: [Double] = []
        var checkpoint: Snapshot?
        if let ledger, var found = try folder.readCheckpoint() {
            try settle(found, in: &privateParameters, folder)
            found.tensors[Self.learntDevices] = nil
            found.tensors[Self.learntParameters] = nil
            let (round, begun) = try Self.progress(of: found, folder)
            let metrics = try folder.readMetrics()
            let recorded = LedgerHistory(ledger.entries).tasks.first { $0.task.name == task.name }
            charges = (recorded?.charged ?? []).prefix(begun).map { $0.charge?.rho ?? 0 }
            guard round <= plan.queries.count, metrics.count >= round, charges.count == begun
            else {
                throw SimulationError.notResumable(
                    path: folder.path,
                    reason: "checkpoint, metrics and ledger do not fit together")
            }
            state.metrics = Array(metrics.prefix(round))
            checkpoint = found
        }
        if processes.count > 1 { try share(&checkpoint, &charges, &privateParameters) }
        guard let checkpoint else { return initial }
        (state.round, state.begun) = try Self.progress(of: checkpoint, folder)
        try state.algorithm.restore(from: checkpoint)
        state.modelHash = state.algorithm.model.ledgerHash
        for age in 0..<maximumStaleness {
            guard let past = checkpoint.past(age) else { break }
            state.pastBroadcasts.append(try state.algorithm.broadcast(from: past))
        }
        var charged = charges.makeIterator()
        for round in 0..<state.round {
            let cohort = try nextCohort(round, from: &cohorts)
            let failed = (cohort.time?.abandoned ?? []).map(\.charged).filter { !$0.isEmpty }
            for devices in failed + [cohort.masking.map { cohort.devices[$0] }] {
                state.account.begin()
                try state.account.charge(rho: charged.next() ?? 0, devices: devices)
            }
        }
        return state
    }

    /// How many rounds were finished when a checkpoint was written, and how many were in the ledger.
    private static func progress(
        of checkpoint: Snapshot, _ folder: RunFolder
    ) throws -> (round: Int, begun: Int) {
        let numbers = ["round", "begun"].map { checkpoint.attributes[$0].flatMap { Int($0) } }
        guard let round = numbers[0], let begun = numbers[1], round >= 0, begun >= round else {
            throw SimulationError.notResumable(
                path: folder.path, reason: "checkpoint.covey is of another version of covey")
        }
        return (round, begun)
    }

    /// Puts what devices had learnt when a checkpoint was written to its place.
    private func settle(
        _ checkpoint: Snapshot, in privateParameters: inout PrivateParameters, _ folder: RunFolder
    ) throws {
        let count = checkpoint.tensors[Self.learntDevices]?.shape.first ?? 0
        let numbers = try checkpoint.values(Self.learntDevices, shape: [count, 2])
        let width = privateParameters.width
        let values = try checkpoint.values(Self.learntParameters, shape: [count, width])
        var learnt: [Int: [Float]] = [:]
        for index in 0..<count {
            let device = Int(numbers[2 * index]) * Self.numberBase + Int(numbers[2 * index + 1])
            guard (0..<plan.population).contains(device) else {
                throw SimulationError.notResumable(
                    path: folder.path, reason: "the checkpoint is of other data")
            }
            learnt[device] = Array(values[index * width..<(index + 1) * width])
        }
        privateParameters.settle(learnt)
    }

    /// Gives all processes what the first has read.
    private func share(
        _ checkpoint: inout Snapshot?, _ charges: inout [Double],
        _ privateParameters: inout PrivateParameters
    ) throws {
        let words = try processes.broadcast(
            [Int64(charges.count)] + charges.map { Int64(bitPattern: $0.bitPattern) }
                + (checkpoint?.encoded() ?? []).map { Int64($0) })
        let first = 1 + Int(words[0])
        charges = words[1..<first].map { Double(bitPattern: UInt64(bitPattern: $0)) }
        guard words.count > first else { return }
        checkpoint = try Snapshot(decoding: words[first...].map { UInt8($0) })
        guard privateParameters.width > 0 else { return }
        // A piece at a time: of a million devices not all fit into a message.
        let piece = 1 << 16
        for start in stride(from: 0, to: plan.population, by: piece) {
            let devices = start..<min(start + piece, plan.population)
            let own = processes.isFirst ? privateParameters.settled(of: devices) : [:]
            let words = try processes.broadcast(privateParameters.words(of: own))
            if !processes.isFirst {
                privateParameters.settle(privateParameters.learnt(from: words))
            }
        }
    }
}

extension Snapshot {
    private static func prefix(_ age: Int) -> String { "past \(age) " }

    /// Keeps another snapshot beside this one.
    ///
    /// - Parameter age: Its place among those that are kept.
    fileprivate mutating func keep(_ past: Snapshot, _ age: Int) {
        let prefix = Self.prefix(age)
        attributes[prefix] = past.kind
        for (name, text) in past.attributes { attributes[prefix + name] = text }
        for (name, tensor) in past.tensors { tensors[prefix + name] = tensor }
    }

    /// A snapshot that was kept beside this one.
    fileprivate func past(_ age: Int) -> Snapshot? {
        let prefix = Self.prefix(age)
        guard let kind = attributes[prefix] else { return nil }
        func own<Value>(_ all: [String: Value]) -> [String: Value] {
            Dictionary(
                uniqueKeysWithValues: all.compactMap { name, value in
                    name.hasPrefix(prefix) && name != prefix
                        ? (String(name.dropFirst(prefix.count)), value) : nil
                })
        }
        return Snapshot(kind: kind, attributes: own(attributes), tensors: own(tensors))
    }
}
