internal import Coordinator
internal import FederatedProtocol
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging

/// Answers the requests of everybody: calls, bulk content, pages, and questions of operators' tools.
struct ServiceResponder: HTTPResponder {
    typealias Context = ServiceContext

    let calls: any CoordinatorCalls
    let watched: WatchedCoordinator
    let methods: [String: ConnectMethod]
    let gate: RequestGate
    let limits: ServiceLimits
    let uploads: MemoryBudget
    let uploading = UploadingDevices()
    let callBodies: MemoryBudget
    let downloads: Downloads
    let state: ServiceState
    let metrics: ServiceMetrics
    var surface: ServiceSurface
    let pages: Dashboard
    /// Where the coordinator is reached, for pages.
    let url: String
    let logger: Logger

    func respond(to request: Request, context: ServiceContext) async throws -> Response {
        let started = ContinuousClock.now
        let route = Route(path: request.uri.path, methods: methods)
        var response: Response
        do {
            response = try await answer(request, route, from: context, at: started)
        } catch let refusal as Refusal {
            response = refusal.response
        } catch let error as CallError {
            response = Refusal(error).response
        } catch {
            logger.error(
                "a request failed", metadata: ["call": "\(route.label)", "error": "\(error)"])
            response =
                Refusal(
                    CallError(.internal, "the coordinator failed; its log says how")
                ).response
        }
        response.headers[.xContentTypeOptions] = "nosniff"
        if request.method == .head { response = response.createHeadResponse() }
        let duration = ContinuousClock.now - started
        metrics.answered(route.label, status: response.status.code, after: duration)
        logger.debug(
            "answered",
            metadata: [
                "call": "\(route.label)", "status": "\(response.status.code)",
                "milliseconds": "\(Int(duration / .milliseconds(1)))",
            ])
        return response
    }

    private func answer(
        _ request: Request, _ route: Route, from context: ServiceContext,
        at now: ContinuousClock.Instant
    ) async throws -> Response {
        let credentials = try gate.admit(request, from: context.peer, at: now)
        guard route.allowedMethods.contains(request.method.rawValue) else {
            throw Refusal(
                CallError(.unimplemented, "\(request.method.rawValue) is not for this path"),
                status: .methodNotAllowed,
                headers: [.allow: route.allowedMethods.joined(separator: ", ")])
        }
        guard surface.offers(route) else {
            throw CallError(.notFound, "there is nothing at this path")
        }
        switch route {
        case .call(let method):
            return try await answer(request, to: method, with: credentials, at: now)
        case .maskedInput(let session):
            return try await takeMaskedInput(
                request, session: session, with: credentials, at: now)
        case .snapshot(let hash): return try await snapshot(hash, for: request)
        case .ledger: return try await ledger(for: request)
        case .model(let task): return try await model(of: task, for: request)
        case .health: return .text("ok\n")
        case .readiness: return await readiness()
        case .metrics: return await metricsText(for: request)
        case .page: return try await page(for: request)
        case .unknownMethod:
            throw Refusal(
                CallError(.unimplemented, "there is no such method"), status: .notFound)
        case .elsewhere: throw CallError(.notFound, "there is nothing at this path")
        }
    }
}

extension HTTPField.Name {
    static let xForwardedFor = Self("X-Forwarded-For")
    static let connectProtocolVersion = Self("Connect-Protocol-Version")
    static let connectTimeout = Self("Connect-Timeout-Ms")
    static let acceptPost = Self("Accept-Post")
}
