internal import Coordinator

/// What all pages have around their content.
struct PageFrame {
    /// A link of the navigation.
    struct Link {
        let path: String
        let text: String
        let isCurrent: Bool
    }

    let title: String
    let origin: String
    let version: String
    let time: TimeText
    let links: [Link]
    /// Markup.
    let content: String
    let stylePath: String
    let scriptPath: String
    let iconPath: String
    let mark = DashboardAssets.Mark.path

    init(
        title: String, route: DashboardRoute, overview: CoordinatorOverview, content: String,
        assets: DashboardAssets
    ) {
        self.title = title
        self.content = content
        origin = overview.origin
        version = overview.version
        time = TimeText(overview.time)
        links = [("Overview", DashboardRoute.overview), ("Ledger", .ledger)]
            .map { .init(path: $1.path, text: $0, isCurrent: $1 == route) }
        stylePath = assets.style.path
        scriptPath = assets.script.path
        iconPath = assets.icon.path
    }
}

/// Text to be copied, under a name that is unique in the document.
struct Listing {
    let id: String
    /// What it is, for the button.
    let name: String
    let text: String
}

/// What to do where there is nothing to show.
struct EmptyState {
    let text: String
    let commands: [Listing]
}
