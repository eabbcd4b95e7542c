internal import Coordinator
internal import FederatedProtocol

/// What everybody may watch of a coordinator, without a token: however many ask, it is asked once for
/// all of them.
struct WatchedCoordinator: Sendable {
    private let overviews: RecentAnswer<Result<CoordinatorOverview, CallError>>
    private let readinesses: RecentAnswer<Readiness>

    /// - Parameter age: How old may be what is told.
    init(_ calls: any CoordinatorCalls, age: Duration) {
        overviews = RecentAnswer(for: age) {
            do throws(CallError) { return .success(try await calls.overview()) } catch {
                return .failure(error)
            }
        }
        readinesses = RecentAnswer(for: age) { await calls.readiness() }
    }

    /// What the pages show.
    func overview() async throws(CallError) -> CoordinatorOverview {
        try await overviews.get().get()
    }

    /// Whether calls can be answered.
    func readiness() async -> Readiness { await readinesses.get() }
}
