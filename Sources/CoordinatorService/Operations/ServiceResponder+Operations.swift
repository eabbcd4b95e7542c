internal import Coordinator
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore

extension ServiceResponder {
    /// Whether the coordinator should be sent requests, for a load balancer.
    func readiness() async -> Response {
        let readiness =
            state.isLeaving
            ? Readiness(isReady: false, reason: "the coordinator is about to stop")
            : await watched.readiness()
        let text = (try? JSONEncoder().encode(readiness)).map {
            String(decoding: $0, as: UTF8.self)
        }
        return .text(
            (text ?? "{}") + "\n", status: readiness.isReady ? .ok : .serviceUnavailable,
            type: "application/json")
    }

    /// The figures of the service and of the coordinator; those of the service alone where the
    /// coordinator cannot say.
    func metricsText(for request: Request) async -> Response {
        var text = PrometheusText()
        text.add(
            metrics.figures,
            memory: [
                "uploads": uploads.byteCount, "calls": callBodies.byteCount,
                "downloads": downloads.byteCount,
            ])
        text.add(commitTimes: calls.commitTimes)
        if let overview = try? await watched.overview() { text.add(overview) }
        return .compressing(
            Array(text.text.utf8), for: request,
            headers: [.contentType: PrometheusText.contentType, .cacheControl: "no-store"])
    }
}
