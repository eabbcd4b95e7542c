internal import Coordinator
internal import FederatedProtocol
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore

extension ServiceResponder {
    /// A page of the dashboard, or what belongs to one.
    func page(for request: Request) async throws -> Response {
        let path = request.uri.path
        var page = pages.asset(path)
        if page == nil, DashboardRoute(path) != nil {
            page = pages.page(
                path, overview: try await watched.overview(), baseURL: url,
                ifNoneMatch: request.headers[.ifNoneMatch])
        }
        guard let page else { throw CallError(.notFound, "there is nothing at this path") }
        var headers: HTTPFields = [:]
        for (name, value) in page.headers {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        guard page.status != 304 else { return .notModified(headers) }
        return .compressing(
            page.body, for: request, status: HTTPResponse.Status(code: page.status),
            headers: headers)
    }
}
