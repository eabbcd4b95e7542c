internal import Coordinator
internal import Sodium
internal import Synchronization

/// The pages of the overview that was shown last, so that any number of readers costs hardly more
/// than one: rendering a task's page of a hundred rounds takes some 50 ms of a core.
final class PageCache: Sendable {
    private struct State {
        var overview: CoordinatorOverview?
        var digest: [UInt8] = []
        var pages: [String: DashboardResponse] = [:]
    }

    /// The most pages that are kept: there are two, and one for each task.
    private static let most = 64

    private let state = Mutex(State())

    /// What stands for all of an overview but its time; pages of another one are forgotten. nil where
    /// the overview has no JSON.
    func digest(of overview: CoordinatorOverview) -> [UInt8]? {
        var timeless = overview
        timeless.time = 0
        return state.withLock { state in
            if state.overview == timeless { return state.digest }
            guard let json = Dashboard.json(of: timeless) else { return nil }
            var hash = BLAKE2b(context: "covey dashboard overview")
            hash.update(lengthPrefixed: json)
            state = State(overview: timeless, digest: hash.finalize())
            return state.digest
        }
    }

    /// The page of a tag, if it is kept.
    func page(_ tag: EntityTag) -> DashboardResponse? { state.withLock { $0.pages[tag.text] } }

    /// Keeps a page.
    func keep(_ page: DashboardResponse, as tag: EntityTag) {
        state.withLock { state in
            if state.pages.count >= Self.most { state.pages = [:] }
            state.pages[tag.text] = page
        }
    }
}
