internal import Coordinator
internal import Simulation

/// A step of a round, in the order of protocol/private-sum.md.
enum RoundStep: String, CaseIterable {
    case advertising
    case sharing
    case masking
    case endorsing
    case unmasking
    case revealing

    /// What happens in it.
    var meaning: String {
        switch self {
        case .advertising: "devices send their keys"
        case .sharing: "they leave shares of their secrets with each other"
        case .masking: "they send their masked vectors"
        case .endorsing: "a committee signs who is in the sum"
        case .unmasking: "shares for the masks come in"
        case .revealing: "the sum is decoded and taken in"
        }
    }

    /// The devices that answered it; nil where nobody counts them, or it is not there yet.
    func survivors(of round: CoordinatorOverview.Round) -> Int? {
        let place: Int? =
            switch self {
            case .advertising: 0
            case .sharing: 1
            case .masking: 2
            case .unmasking: 3
            case .endorsing, .revealing: nil
            }
        return place.flatMap { round.survivors.indices.contains($0) ? round.survivors[$0] : nil }
    }

    /// How long it took in milliseconds; nil where it has not ended.
    func milliseconds(of round: CoordinatorOverview.Round) -> Int? {
        guard let place = Self.timed.firstIndex(of: self),
            round.stepMilliseconds.indices.contains(place)
        else { return nil }
        return round.stepMilliseconds[place]
    }

    /// The steps that are timed.
    static let timed: [RoundStep] = [.advertising, .sharing, .masking, .endorsing, .unmasking]
    /// The steps whose devices are counted.
    static let counted: [RoundStep] = [.advertising, .sharing, .masking, .unmasking]
}

extension CoordinatorOverview.Round {
    /// As people count, from 1.
    var ordinal: Int { number < .max ? number + 1 : number }

    /// Whether it goes on.
    var isUnderWay: Bool { state == "open" || state == "charged" }

    /// "masking, 143 of 200 devices".
    var progress: String {
        guard let step else { return state }
        let answered = RoundStep(rawValue: step)?.survivors(of: self)
        let devices = NumberText.count(invited) + (invited == 1 ? " device" : " devices")
        guard let answered else { return "\(step), \(devices) invited" }
        return "\(step), \(NumberText.count(answered)) of \(devices)"
    }
}
