/// The steps of a round in which devices send something, as the kind of the message that they send
/// (protocol/private-sum.md).
package enum RoundStep: Int, Sendable, Hashable, Comparable, CaseIterable {
    case advertising = 1
    case sharing = 3
    case masking = 5
    case endorsing = 7
    case unmasking = 9

    package static func < (left: RoundStep, right: RoundStep) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The name as the pages show it.
    package var name: String { "\(self)" }
}
