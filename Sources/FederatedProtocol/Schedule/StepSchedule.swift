/// How long the steps of a round wait for their devices, in milliseconds.
package struct StepSchedule: Sendable, Hashable {
    /// For the devices' keys.
    package var advertising: Int
    /// For their sealed shares.
    package var sharing: Int
    /// For their masked inputs: the time to compute the vectors is in it.
    package var masking: Int
    /// For the committee's signatures.
    package var endorsing: Int
    /// For the shares that unmask the sum.
    package var unmasking: Int
    /// The shortest time after which a device asks again for a message that may come at any moment.
    package var poll: Int

    /// For phones on all kinds of networks.
    package static let standard = StepSchedule(
        advertising: 60_000, sharing: 60_000, masking: 300_000, endorsing: 30_000,
        unmasking: 60_000, poll: 250)

    /// Collects times, each at least 1.
    package init(
        advertising: Int, sharing: Int, masking: Int, endorsing: Int, unmasking: Int, poll: Int
    ) {
        self.advertising = max(1, advertising)
        self.sharing = max(1, sharing)
        self.masking = max(1, masking)
        self.endorsing = max(1, endorsing)
        self.unmasking = max(1, unmasking)
        self.poll = max(1, poll)
    }

    /// How long `step` waits.
    package func milliseconds(of step: RoundStep) -> Int64 {
        switch step {
        case .advertising: Int64(advertising)
        case .sharing: Int64(sharing)
        case .masking: Int64(masking)
        case .endorsing: Int64(endorsing)
        case .unmasking: Int64(unmasking)
        }
    }
}
