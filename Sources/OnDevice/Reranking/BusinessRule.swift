/// What the app insists on, whatever the scores say.
///
/// Rules never fail. Where they cannot all hold, they give way in this order:
///
/// 1. ``atMost(_:ofCategory:)``, ``atMostOfEach(_:)`` and ``neverTogether(_:)`` always hold; the
///    list ends early rather than break one.
/// 2. ``pinned(item:position:)``: an item that would break one of these together with an item
///    pinned above it is not pinned and can no longer be placed. Pinned items count towards the
///    other rules before the list is begun. If two want one position, the second in the order of
///    the rules takes the next free one. If the list ends before a position, the item comes last.
///    An item that is not among the candidates, or a position beyond the list, pins nothing.
/// 3. ``atLeast(share:ofCategory:)`` gives way to all others: it holds as far as candidates of the
///    category are left. The last places are kept for it once it needs them all; an item that
///    serves two such rules is counted on for one.
public enum BusinessRule: Sendable, Hashable, Codable {
    /// No more than this many items of one category.
    case atMost(Int, ofCategory: Int)
    /// No more than this many items of any one category.
    case atMostOfEach(Int)
    /// At least this share of the list, from 0 to 1, rounded up to whole items, of one category.
    case atLeast(share: Double, ofCategory: Int)
    /// This item at this position, counted from 0.
    case pinned(item: Int32, position: Int)
    /// No more than one of these items.
    case neverTogether(Set<Int32>)
}
