package import FederatedProtocol

/// How a deployment behaves in time: the scenario's sections `time`, `phones`, `network` and `outages`.
///
/// | key | default | what it is |
/// |---|---|---|
/// | `time.model` | `none` | `none`, `synchronous` rounds, or `asynchronous` ones (FedBuff: Nguyen et al., "Federated learning with buffered asynchronous aggregation", AISTATS 2022) |
/// | `time.startHour` | 0 | the hour of the day, UTC, at which the training begins |
/// | `time.longestDays` | 60 | give up on a round that does not come about in so many days |
/// | `time.attempts` | 2000 | give up on a round after so many failed attempts |
/// | `time.checkInsPerSecond` | 100 | the highest rate to which pace steering spreads check-ins: two cohorts of devices that the next round may invite come every 10 seconds or so, all others once a minute, or less often where that is more than the rate |
/// | `time.gatheringSeconds` | 30 | how long a round waits for a full cohort before it begins with fewer: so many that half of the losses that are tolerated may still come, and after an hour as many as a sum needs |
/// | `time.hold` | `false` | whether devices whose turn it is stay connected until the round begins, as Bonawitz et al. (MLSys 2019, section 2.2) have them; `false` sends them away, as the coordinator does, and invited devices learn of it when they check in next |
/// | `time.advertisingSeconds` … `time.unmaskingSeconds` | the coordinator's | how long each of the five steps waits |
/// | `time.overSelection` | 1 | a round needs the masked inputs of only 1 / this of those invited, and goes on when it has them |
/// | `time.concurrency` | 0 | asynchronous: how many devices train at the same time; 0 for 10 cohorts |
/// | `time.maximumStaleness` | 20 | asynchronous: updates of older models than so many versions are thrown away |
///
/// The other sections are described at ``PhoneModel``, ``NetworkModel`` and ``OutageModel``.
package struct VirtualTime: Sendable, Hashable {
    /// Who is asked for contributions, and when.
    package enum Model: String, Sendable, Hashable, CaseIterable {
        /// A cohort is invited, and trains on one model.
        case synchronous
        /// Devices train when they can; those that have finished form cohorts.
        case asynchronous
    }

    package var model = Model.synchronous
    /// The hour of the day, UTC, at which time is 0.
    package var startHour = 0.0
    /// The longest that one round may take, in days.
    package var longestDays = 60.0
    /// The most attempts at a round.
    package var attempts = 2000
    /// The rate to which check-ins are spread.
    package var checkInsPerSecond = 100.0
    /// How long a round waits for a full cohort, in seconds.
    package var gathering = 30.0
    /// Whether devices whose turn it is stay connected until the round begins.
    package var holdsDevices = false
    /// How long the steps wait.
    package var schedule = StepSchedule.standard
    /// Invited devices for each masked input that is needed.
    package var overSelection = 1.0
    /// How many devices train at the same time; 0 for ten cohorts (PAPAYA ran 1300 devices for buffers of
    /// 100: Huba et al., MLSys 2022, section 7).
    package var concurrency = 0
    /// The most model versions between download and sum.
    package var maximumStaleness = 20
    /// When devices are there, what they can do and what it costs them.
    package var phones = PhoneModel()
    /// The devices' connections.
    package var network = NetworkModel()
    /// When the coordinator is away.
    package var outages = OutageModel()

    /// The defaults.
    package init(_ model: Model = .synchronous) { self.model = model }

    /// How many masked inputs end the masking step of a round.
    func goal(invited: Int, minimumSurvivors: Int) -> Int {
        min(
            invited,
            max(minimumSurvivors, Int((Double(invited) / overSelection - 1e-9).rounded(.up))))
    }

    /// How many devices train at the same time where cohorts have this size.
    func concurrency(cohortSize: Int) -> Int { concurrency > 0 ? concurrency : 10 * cohortSize }
}
