package import FederatedProtocol

/// What a round asks of its devices and of the coordinator, as far as it does not depend on the device.
package struct RoundWork: Sendable, Hashable {
    /// What one step sends and receives, and how long a median phone computes for it.
    package struct Step: Sendable, Hashable {
        /// Bytes that the device receives.
        package var down: Int
        /// Bytes that the device sends.
        package var up: Int
        /// Seconds of a median phone, learning not counted.
        package var seconds: Double

        package init(down: Int = 0, up: Int = 0, seconds: Double = 0) {
            self.down = down
            self.up = up
            self.seconds = seconds
        }
    }

    /// How many devices are invited; in asynchronous rounds, how many finished ones make a cohort. The
    /// plan of the sum and the account of privacy count all of them, over-selected ones too.
    package var cohortSize: Int
    /// The masked inputs below which nothing is revealed.
    package var minimumSurvivors: Int
    /// The devices that must answer when the sum is unmasked.
    package var unmaskingDevices: Int
    /// How many devices endorse the set of survivors.
    package var committeeSize: Int
    /// How many endorsements are enough.
    package var quorum: Int
    /// The bytes of the model and what else every device gets before it learns.
    package var broadcastBytes: Int
    /// The five steps.
    package var advertising = Step()
    package var sharing = Step()
    package var masking = Step()
    package var endorsing = Step()
    package var unmasking = Step()
    /// How long a median phone learns from one interaction, in seconds, all passes over it together.
    package var secondsPerInteraction: Double
    /// How long a median phone learns beside that, in seconds.
    package var secondsPerDevice: Double

    /// Collects the sizes of a round; the steps are set afterwards.
    ///
    /// - Parameters:
    ///   - cohortSize: How many devices are invited.
    ///   - minimumSurvivors: The masked inputs below which nothing is revealed.
    ///   - unmaskingDevices: The devices that must answer in the last step; nil for two thirds of
    ///     those that must survive. Give the protocol's own threshold where it is known.
    ///   - committeeSize: Of how many the endorsing committee consists; nil for the whole cohort.
    ///   - quorum: How many endorsements are enough; nil for as many devices as must survive, or two
    ///     thirds of a smaller committee.
    package init(
        cohortSize: Int, minimumSurvivors: Int, unmaskingDevices: Int? = nil,
        committeeSize: Int? = nil, quorum: Int? = nil, broadcastBytes: Int = 0,
        secondsPerInteraction: Double = 0, secondsPerDevice: Double = 0
    ) {
        self.cohortSize = cohortSize
        self.minimumSurvivors = minimumSurvivors
        self.unmaskingDevices = unmaskingDevices ?? (2 * minimumSurvivors + 2) / 3
        let committee = min(committeeSize ?? cohortSize, cohortSize)
        self.committeeSize = committee
        self.quorum = quorum ?? min(minimumSurvivors, (2 * committee + 2) / 3)
        self.broadcastBytes = broadcastBytes
        self.secondsPerInteraction = secondsPerInteraction
        self.secondsPerDevice = secondsPerDevice
    }

    /// What a step asks for.
    package subscript(step: RoundStep) -> Step {
        get {
            switch step {
            case .advertising: advertising
            case .sharing: sharing
            case .masking: masking
            case .endorsing: endorsing
            case .unmasking: unmasking
            }
        }
        set {
            switch step {
            case .advertising: advertising = newValue
            case .sharing: sharing = newValue
            case .masking: masking = newValue
            case .endorsing: endorsing = newValue
            case .unmasking: unmasking = newValue
            }
        }
    }

    /// How long a median phone with so many interactions learns, in seconds.
    func learningSeconds(interactions: Int) -> Double {
        secondsPerDevice + secondsPerInteraction * Double(interactions)
    }

    /// What the coordinator keeps of a cohort until its round ends: keys and sealed shares of all devices,
    /// and the one sum to which masked inputs are added as they come.
    package var storedBytes: Int {
        cohortSize * (advertising.up + sharing.up) + masking.up
    }
}
