internal import Simulation
internal import Sodium

/// A file that pages load; its path changes with its bytes, so that it may be kept for ever.
struct DashboardAsset: Sendable {
    let path: String
    let contentType: String
    let bytes: [UInt8]

    init(name: String, suffix: String, contentType: String, text: String) {
        bytes = [UInt8](text.utf8)
        self.contentType = contentType
        var hash = BLAKE2b(context: "covey dashboard asset")
        hash.update(lengthPrefixed: bytes)
        path = "/assets/\(name)-\(hexadecimal(hash.finalize().prefix(8))).\(suffix)"
    }
}

/// The files that pages load.
struct DashboardAssets: Sendable {
    let style = DashboardAsset(
        name: "dashboard", suffix: "css", contentType: "text/css; charset=utf-8",
        text: ReportStyle.css + DashboardStyle.css)
    let script = DashboardAsset(
        name: "dashboard", suffix: "js", contentType: "text/javascript; charset=utf-8",
        text: DashboardScript.text)
    let icon = DashboardAsset(
        name: "icon", suffix: "svg", contentType: "image/svg+xml", text: Self.iconText)

    var all: [DashboardAsset] { [style, script, icon] }

    /// A few small birds: many, near each other, each on its own.
    private static let iconText = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" \
        rx="7" fill="#0b5cad"/><path d="\(Mark.path)" fill="none" stroke="#fff" stroke-width="2.6" \
        stroke-linecap="round" stroke-linejoin="round"/></svg>
        """

    /// The drawing of the icon, which the pages' head shows too.
    enum Mark {
        static let path =
            "M6 13q3-3 5 0q2-3 5 0M16 10q3-3 5 0q2-3 5 0M11 22q3-3 5 0q2-3 5 0"
    }
}
