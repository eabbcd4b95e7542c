internal import Logging
internal import PrivacyLedger
internal import SecureAggregation
internal import Sodium

extension PopulationCoordinator {
    /// Ends the round of a task; where there is no room to say so in the store, later.
    func end(_ name: String, _ ending: ActiveRound.Ending? = nil) {
        guard let index = place(of: name), let round = tasks[index].round else { return }
        if let ending {
            guard round.ending == nil else { return }
            tasks[index].round?.ending = ending
            if case .abandoned = ending { tasks[index].round?.live.abandon(ending.reason) }
        }
        tasks[index].round?.isBusy = true
        tasks[index].round?.nextEnding = nil
        Task { await storeEnding(of: name, session: round.plan.session) }
    }

    private func storeEnding(of name: String, session: [UInt8]) async {
        guard let index = place(of: name, session: session), let round = tasks[index].round,
            let ending = round.ending
        else { return }
        var stored = round.live.describe(round.stored)
        stored.ended = clock.wall()
        var answered: StoredTask?
        do {
            try await write {
                guard let index = place(of: name, session: session) else { return nil }
                switch ending {
                case .abandoned(let step, let left, let needed):
                    stored.state = .abandoned
                    stored.reason = ending.reason
                    let result = RoundOutcome.Result.abandoned(
                        step: step, left: left, needed: needed)
                    return Writing(
                        entries: [
                            .outcome(RoundOutcome(task: name, round: stored.round, result: result))
                        ],
                        changes: [.putRound(stored), .removeSnapshot(hash: round.broadcast.hash)])
                case .completed(let sum):
                    stored.state = .completed
                    stored.survivors = sum.answered
                    stored.noiseStandardDeviation = sum.noiseStandardDeviation
                    let before = tasks[index].stored
                    let (checkpoint, model) = (
                        BLAKE2b.hash(sum.checkpoint), BLAKE2b.hash(sum.model)
                    )
                    // An operator may have paused or ended the task meanwhile.
                    let after = tasks[index].answered(
                        checkpoint: checkpoint, model: model,
                        isFinished: sum.algorithm.isFinished)
                    answered = after
                    let former = [before.checkpoint, before.model, round.broadcast.hash].filter {
                        !$0.isEmpty
                    }
                    let result = RoundOutcome.Result.completed(
                        contributors: sum.contributors.count,
                        noiseStandardDeviation: sum.noiseStandardDeviation,
                        modelAfter: sum.modelHash)
                    return Writing(
                        entries: [
                            .outcome(RoundOutcome(task: name, round: stored.round, result: result))
                        ],
                        changes: [
                            .putSnapshot(hash: checkpoint, bytes: sum.checkpoint),
                            .putSnapshot(hash: model, bytes: sum.model), .putTask(after),
                            .putRound(stored),
                            .contribute(
                                task: name, round: stored.round, devices: sum.contributors),
                        ] + former.map { .removeSnapshot(hash: $0) })
                }
            } applying: {
                guard let index = place(of: name, session: session) else { return }
                if let answered { tasks[index].stored = answered }
                forget(index, stored, ending)
            }
        } catch {
            logger.error("a round's end is not stored", metadata: ["reason": "\(error)"])
            // Where there is no room, it is kept and tried again; else nobody leads here any more.
            if let index = place(of: name, session: session) {
                tasks[index].round?.nextEnding = clock.monotonic() + 2000
            }
        }
    }

    /// Takes in a round's end that is stored.
    private func forget(_ index: Int, _ stored: StoredRound, _ ending: ActiveRound.Ending) {
        let name = tasks[index].name
        var metadata: Logger.Metadata = ["task": "\(name)", "round": "\(stored.round + 1)"]
        let isCompleted: Bool
        switch ending {
        case .completed(let sum):
            isCompleted = true
            tasks[index].algorithm = sum.algorithm
            tasks[index].failures = 0
            metadata["contributors"] = "\(sum.contributors.count)"
            metadata["milliseconds"] = "\(stored.stepEnds.last ?? 0)"
            logger.info("round completed", metadata: metadata)
        case .abandoned:
            isCompleted = false
            tasks[index].failures += 1
            metadata["reason"] = "\(stored.reason)"
            logger.warning("round abandoned", metadata: metadata)
        }
        if let live = tasks[index].round?.live {
            endings.note(live, completed: isCompleted, reason: stored.reason)
        }
        sessions[stored.session] = nil
        tasks[index].round = nil
        tasks[index].remember(stored)
        // After failures it waits longer and longer, up to a minute.
        let pause = tasks[index].failures == 0 ? 0 : 500 << min(tasks[index].failures, 7)
        tasks[index].nextRound = clock.monotonic() + Int64(pause)
    }
}

extension ActiveRound.Ending {
    /// Why nothing came of a round, in one line.
    fileprivate var reason: String {
        switch self {
        case .completed: ""
        case .abandoned("drain", _, _): "the coordinator went down"
        case .abandoned("charge", _, _): "its charge could not be stored; the log says why"
        case .abandoned(let step, let left, let needed) where left >= needed:
            "it could not go on at the step \(step); the log says why"
        case .abandoned(let step, let left, let needed):
            "too few devices after \(step): \(left), and \(needed) are needed"
        }
    }
}
