public import Recommender
internal import Sodium

/// How every history is divided into what a model learns from and what it is judged on.
///
/// Either rule works on histories of any length, including empty ones: a person with a single
/// interaction keeps it for training and is not judged, unless the person or the item is a cold one.
public enum Split: Sendable, Hashable {
    /// By time: the last interaction is the test, the one before it the validation, the rest is
    /// training. Of two interactions the later is the test; a single one is training.
    case leaveOneOut

    /// By time, as in He et al., "Neural collaborative filtering", WWW 2017: the last interaction is
    /// the test, the rest is training, a single one too; there is no validation part.
    case leaveLastOut

    /// A share of each history chosen at random is the test, the rest is training; there is no
    /// validation part.
    ///
    /// The test gets `testFraction` × length rows, rounded to nearest, and always leaves one row
    /// for training. The fraction is limited to 0 through 1. A person's choice depends on the seed,
    /// their identifier and their history's length only.
    case random(testFraction: Double, seed: UInt64)

    /// A share of the people is unknown to training and judged as ``leaveOneOut`` judges, rankings
    /// looking at all that they did before; of the others everything is training, and none is judged.
    ///
    /// A person's choice depends on the seed and their identifier only.
    case coldUsers(share: Double, seed: UInt64)

    /// A share of the items is unknown to training and is the test of those who met them, as it is for
    /// items that are new in a catalogue; there is no validation part.
    ///
    /// An item's choice depends on the seed and its number only.
    case coldItems(share: Double, seed: UInt64)

    /// The items as training knows them: those that it is kept from are new.
    public func catalogue(_ catalogue: Catalogue) -> Catalogue {
        guard case .coldItems(let share, let seed) = self else { return catalogue }
        return Catalogue(
            items: catalogue.items.enumerated().map { number, item in
                var item = item
                item.isNew = item.isNew || Self.isCold(Int32(number), share, seed)
                return item
            })
    }

    /// Divides every person's history, in the order of the data's users.
    public func holdouts(of data: InteractionData) -> [Holdout] {
        data.users.map(holdout(of:))
    }

    /// Divides one person's history; every part stays in chronological order.
    public func holdout(of user: InteractionData.User) -> Holdout {
        switch self {
        case .leaveOneOut:
            Self.leavingOneOut(of: user.history)
        case .leaveLastOut:
            user.history.count >= 2
                ? Holdout(
                    training: Array(user.history.dropLast()), test: Array(user.history.suffix(1)))
                : Holdout(training: user.history)
        case .random(let testFraction, let seed):
            Self.random(testFraction, of: user, seed: seed)
        case .coldUsers(let share, let seed):
            Self.leavingOut(user, share: share, seed: seed)
        case .coldItems(let share, let seed):
            Holdout(
                training: user.history.filter { !Self.isCold($0.item, share, seed) },
                test: user.history.filter { Self.isCold($0.item, share, seed) })
        }
    }

    private static func leavingOut(
        _ user: InteractionData.User, share: Double, seed: UInt64
    ) -> Holdout {
        var randomness = SeededRandomness(seed: seed, label: "cold users", user.id)
        guard randomness.nextUnit() < share else { return Holdout(training: user.history) }
        var holdout = leavingOneOut(of: user.history)
        (holdout.introduction, holdout.training) = (holdout.training, [])
        return holdout
    }

    private static func isCold(_ item: Int32, _ share: Double, _ seed: UInt64) -> Bool {
        var randomness = SeededRandomness(seed: seed, label: "cold items", "\(item)")
        return randomness.nextUnit() < share
    }

    private static func leavingOneOut(of history: [Interaction]) -> Holdout {
        guard history.count >= 2 else { return Holdout(training: history) }
        let test = Array(history.suffix(1))
        guard history.count >= 3 else { return Holdout(training: [history[0]], test: test) }
        return Holdout(
            training: Array(history.dropLast(2)), validation: [history[history.count - 2]],
            test: test)
    }

    /// Selection sampling (Knuth, The Art of Computer Programming 3.4.2, algorithm S): one pass,
    /// every subset of the wanted size equally likely, order kept.
    private static func random(
        _ fraction: Double, of user: InteractionData.User, seed: UInt64
    ) -> Holdout {
        let history = user.history
        guard history.count >= 2 else { return Holdout(training: history) }
        let share = fraction.isNaN ? 0 : min(max(fraction, 0), 1)
        let wanted = min(Int((share * Double(history.count)).rounded()), history.count - 1)
        var randomness = SeededRandomness(seed: seed, label: "random split", user.id)
        var result = Holdout(training: [])
        result.training.reserveCapacity(history.count - wanted)
        result.test.reserveCapacity(wanted)
        for (position, interaction) in history.enumerated() {
            let needed = Double(wanted - result.test.count)
            if randomness.nextUnit() * Double(history.count - position) < needed {
                result.test.append(interaction)
            } else {
                result.training.append(interaction)
            }
        }
        return result
    }
}
