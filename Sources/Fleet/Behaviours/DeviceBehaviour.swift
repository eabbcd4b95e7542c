/// How a device differs from one that works and is honest.
package struct DeviceBehaviour: Sendable, Hashable {
    /// The message that the device does not get to in any round, and stays silent from then on.
    package var dropAt: DroppedMessage?
    /// How long the device takes before each message.
    package var delay: Delay?
    /// How often requests get lost.
    package var loss = Loss()
    /// When the device takes part in nothing.
    package var offline: OfflineHours?
    /// What it does against the protocol.
    package var misconduct: Misconduct?

    package static let honest = DeviceBehaviour()

    package init() {}

    /// The messages of a device in a round.
    package enum DroppedMessage: String, Sendable, Hashable, CaseIterable {
        case advertise, share, mask, endorse, unmask

        /// The kinds of messages that are not sent.
        func covers(_ kind: UInt32) -> Bool {
            switch self {
            case .advertise: kind >= MessageKind.advertisement
            case .share: kind >= MessageKind.sealedShares
            case .mask: kind >= MessageKind.maskedInput
            case .endorse: kind >= MessageKind.endorsement
            case .unmask: kind >= MessageKind.unmaskingShares
            }
        }
    }

    /// A distribution of times.
    package enum Delay: Sendable, Hashable {
        /// Always the same, in seconds.
        case constant(Double)
        /// From the first to the second, in seconds.
        case uniform(Double, Double)
        /// Of a mean in seconds, cut off at ten times the mean.
        case exponential(mean: Double)

        /// A draw.
        func draw() -> Duration {
            switch self {
            case .constant(let seconds): .seconds(seconds)
            case .uniform(let least, let most): .seconds(Double.random(in: least...most))
            case .exponential(let mean):
                .seconds(min(10 * mean, mean * exponentialDraw()))
            }
        }
    }

    /// The probabilities that a request does not arrive, and that its answer does not.
    package struct Loss: Sendable, Hashable {
        package var before = 0.0
        package var after = 0.0
    }

    /// Hours of the day, UTC; the last is not among them. From 22 to 7 is over midnight.
    package struct OfflineHours: Sendable, Hashable {
        package var first: Int
        package var end: Int

        /// Whether a time in seconds since 1970 is among them.
        package func contain(_ time: Int64) -> Bool {
            let hour = Int(((time % 86_400 + 86_400) % 86_400) / 3600)
            return first <= end ? (first..<end).contains(hour) : hour >= first || hour < end
        }
    }

    /// Ways to break the protocol.
    package enum Misconduct: String, Sendable, Hashable, CaseIterable {
        /// Sends messages of an earlier round.
        case replay
        /// Sends random bytes behind the right first one.
        case garbage
        /// Hands out wrong shares when the sum is unmasked.
        case wrongShare
        /// Seals shares that cannot be opened.
        case wrongSealedShare
        /// Sends a megabyte too much.
        case oversize
        /// Says that it is another device.
        case otherDevice
        /// Signs wrongly.
        case wrongSignature
        /// Sends two masked inputs.
        case doubleContribution
    }
}
