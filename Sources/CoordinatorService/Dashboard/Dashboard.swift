package import Coordinator
internal import Foundation

/// The pages that a coordinator is watched on: what is under way, what came of it, and what it cost
/// in privacy. They are rendered from a ``Coordinator/CoordinatorOverview`` and say nothing that is
/// not in it, so that any replica may serve them.
///
/// | path | |
/// |---|---|
/// | `/` | tasks, devices, budget, the ledger's head, the latest rounds |
/// | `/tasks/<name>` | one task: progress, quality, epsilons, every step of its rounds |
/// | `/ledger` | the ledger's key and checkpoint, and how to verify it |
/// | `/overview.json` | the overview itself |
/// | `/assets/...` | style sheet, script and icon, under names that change with their contents |
package struct Dashboard: Sendable {
    private let templates: DashboardTemplates
    private let assets: DashboardAssets
    private let cache = PageCache()

    /// Prepares the pages.
    ///
    /// - Throws: What is wrong with a template; they are constants, so that it is never thrown once the
    ///   tests have passed.
    package init() throws {
        templates = try DashboardTemplates()
        assets = DashboardAssets()
    }

    /// The answer to `GET` or `HEAD`.
    ///
    /// - Parameters:
    ///   - path: The request's path, percent-encoded as it came, without a query.
    ///   - overview: What is shown.
    ///   - baseURL: The coordinator's public URL, for the commands that readers are told to type.
    ///   - ifNoneMatch: The request's `If-None-Match`, if it has one.
    /// - Returns: A page, what belongs to it, or that it has not changed; nil where there is none.
    package func page(
        _ path: String, overview: CoordinatorOverview, baseURL: String, ifNoneMatch: String? = nil
    ) -> DashboardResponse? {
        if let asset = asset(path) { return asset }
        guard let route = DashboardRoute(path), let digest = cache.digest(of: overview) else {
            return nil
        }
        let tag = EntityTag(digest, [path, baseURL, assets.style.path, assets.script.path])
        if let ifNoneMatch, tag.matches(ifNoneMatch) { return .notModified(tag) }
        if let page = cache.page(tag) { return page }
        let page = render(route, overview, baseURL: baseURL, tag: tag)
        // Pages that are not found are as many as anybody likes.
        if let page, page.status == 200 { cache.keep(page, as: tag) }
        return page
    }

    private func render(
        _ route: DashboardRoute, _ overview: CoordinatorOverview, baseURL: String, tag: EntityTag
    ) -> DashboardResponse? {
        if case .json = route { return Self.json(of: overview).map { .json($0, tag: tag) } }
        let address = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        let (title, content, status) = content(of: route, overview, at: address)
        let frame = PageFrame(
            title: title, route: route, overview: overview, content: content, assets: assets)
        return .page(templates.render(frame, "frame"), status: status, tag: tag)
    }

    /// The answer to `GET` or `HEAD` of what needs no overview: style sheet, script and icon.
    ///
    /// - Parameter path: The request's path.
    /// - Returns: nil where there is none.
    package func asset(_ path: String) -> DashboardResponse? {
        assets.all.first { $0.path == path }.map { .asset($0) }
    }

    private func content(
        of route: DashboardRoute, _ overview: CoordinatorOverview, at address: String
    ) -> (title: String, content: String, status: Int) {
        switch route {
        case .task(let name):
            guard let task = overview.tasks.first(where: { $0.name == name }) else {
                let page = MissingTaskPage(name: name, overview: overview)
                return ("No such task", templates.render(page, "missing"), 404)
            }
            return (name, templates.render(TaskPage(task, in: overview), "task"), 200)
        case .ledger:
            let page = LedgerPage(overview, address: address)
            return ("Ledger", templates.render(page, "ledger"), 200)
        case .overview, .json:
            let page = OverviewPage(overview, address: address)
            return ("Overview", templates.render(page, "overview"), 200)
        }
    }

    /// The overview as JSON, the same bytes for the same overview; numbers that are not finite are
    /// strings. nil only where an encoder fails, which none of the overview's types does.
    static func json(of overview: CoordinatorOverview) -> [UInt8]? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return (try? encoder.encode(overview)).map { [UInt8]($0) }
    }
}
