/// What a scenario says of devices that work against the training: the section `adversary`.
package struct AdversarySettings: Sendable, Hashable {
    /// What malicious devices do.
    package enum Attack: String, Sendable, CaseIterable {
        /// There are none.
        case none
        /// They contribute the opposite of what they should, against quality: Li et al., "RSA:
        /// Byzantine-robust stochastic aggregation methods", AAAI 2019.
        case signFlip = "sign-flip"
        /// They contribute a multiple of what they should, to weigh more than others: Bagdasaryan et
        /// al., "How to backdoor federated learning", AISTATS 2020.
        case scaled
        /// They contribute nothing, and get the model all the same: Fraboni et al., "Free-rider
        /// attacks on model aggregation in federated learning", AISTATS 2021.
        case freeRider = "free-rider"
        /// They follow the protocol on a made-up history: see ``ShillingProfiles``.
        case shillingRandom = "shilling-random"
        case shillingAverage = "shilling-average"
        case shillingBandwagon = "shilling-bandwagon"
        case shillingSegment = "shilling-segment"
        /// They contribute only what the target adds to a made-up history of popular items, made as
        /// long as the clipping norm allows: see ``Adversary``.
        case promotion

        /// Whether it pushes one item.
        package var hasTarget: Bool {
            switch self {
            case .none, .signFlip, .scaled, .freeRider: false
            case .shillingRandom, .shillingAverage, .shillingBandwagon, .shillingSegment,
                .promotion:
                true
            }
        }

        /// Whether made-up histories have items that are chosen for what they are.
        fileprivate var hasSelectedItems: Bool {
            [.shillingBandwagon, .shillingSegment, .promotion].contains(self)
        }

        /// Whether made-up histories have items that are there for show.
        var hasFillers: Bool { hasTarget && self != .promotion }
    }

    /// The item that is pushed.
    package enum Target: Sendable, Hashable {
        /// One that few people know, drawn by the seed.
        case automatic
        /// The item of an identifier in the data set.
        case item(id: String)
    }

    /// What malicious devices do.
    package var attack: Attack
    /// Their share of all devices.
    package var share: Double
    /// The item that they push.
    package var target: Target
    /// How many filler items a made-up history has.
    package var fillers: Int
    /// How many selected items it has: popular ones, or those of the segment.
    package var selected: Int
    /// The category whose admirers the target is pushed to.
    package var segment: String
    /// What contributions are multiplied by.
    package var scale: Double

    /// Describes an attack; what it does not need is of no account.
    package init(
        _ attack: Attack = .none, share: Double = 0, target: Target = .automatic,
        fillers: Int = 30, selected: Int = 5, segment: String = "", scale: Double = 10
    ) {
        self.attack = attack
        self.share = share
        self.target = target
        self.fillers = fillers
        self.selected = selected
        self.segment = segment
        self.scale = scale
    }

    /// Reads the keys that apply to the attack.
    init(_ reader: inout SettingsReader) throws {
        self.init(try reader.choice("adversary.attack", default: Attack.none))
        guard attack != .none else { return }
        share = try reader.number("adversary.share", default: 0.05, in: 0...0.5)
        if attack.hasTarget {
            let name = reader.text("adversary.target", default: "auto")
            target = name == "auto" ? .automatic : .item(id: name)
        }
        if attack == .shillingSegment {
            segment = reader.text("adversary.segment", default: "")
        }
        if attack.hasSelectedItems {
            try reader.read("adversary.selected", into: &selected, in: 1...10_000)
        }
        if attack.hasFillers {
            try reader.read("adversary.fillers", into: &fillers, in: 0...10_000)
        }
        if attack == .signFlip || attack == .scaled {
            scale = try reader.number("adversary.scale", default: scale, in: 0...1e6)
        }
    }
}
