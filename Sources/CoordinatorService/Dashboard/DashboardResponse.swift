/// An answer of the dashboard, for whatever server carries it.
package struct DashboardResponse: Sendable, Hashable {
    /// 200, 304 or 404.
    package let status: Int
    /// By name, in lower case; the content type is among them.
    package let headers: [String: String]
    /// Empty for 304.
    package let body: [UInt8]

    private init(status: Int, headers: [String: String], body: [UInt8]) {
        self.status = status
        self.headers = headers.merging(Self.common) { own, _ in own }
        self.body = body
    }

    /// What all answers carry: they are taken for nothing but what they say they are.
    private static let common = [
        "x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
    ]

    /// Nothing but the dashboard's own files is loaded or run, and no page elsewhere may frame it.
    static let contentSecurityPolicy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    static func page(_ text: String, status: Int, tag: EntityTag) -> Self {
        .init(
            status: status,
            headers: changing(tag).merging([
                "content-type": "text/html; charset=utf-8",
                "content-security-policy": contentSecurityPolicy,
            ]) { own, _ in own }, body: [UInt8](text.utf8))
    }

    static func json(_ bytes: [UInt8], tag: EntityTag) -> Self {
        .init(
            status: 200,
            headers: changing(tag).merging(["content-type": "application/json"]) { own, _ in own },
            body: bytes)
    }

    static func notModified(_ tag: EntityTag) -> Self {
        .init(status: 304, headers: changing(tag), body: [])
    }

    static func asset(_ asset: DashboardAsset) -> Self {
        .init(
            status: 200,
            headers: [
                "content-type": asset.contentType,
                "cache-control": "public, max-age=31536000, immutable",
            ], body: asset.bytes)
    }

    /// Pages are kept nowhere: the script remembers the tag of the one that it shows.
    private static func changing(_ tag: EntityTag) -> [String: String] {
        ["cache-control": "no-store", "etag": tag.text]
    }
}
