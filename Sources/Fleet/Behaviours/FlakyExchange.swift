/// A network that loses requests before they arrive, and answers on their way back, so that what was
/// done already is asked for again.
package struct FlakyExchange: HTTPExchange {
    private let exchange: any HTTPExchange
    private let loss: DeviceBehaviour.Loss

    package init(_ exchange: any HTTPExchange, loss: DeviceBehaviour.Loss) {
        self.exchange = exchange
        self.loss = loss
    }

    package func perform(_ request: HTTPExchangeRequest) async throws -> HTTPExchangeResponse {
        func isLost(_ probability: Double) -> Bool { Double.random(in: 0..<1) < probability }
        guard !isLost(loss.before) else {
            throw ExchangeError.broken(url: request.url, reason: "the request got lost")
        }
        let response = try await exchange.perform(request)
        guard !isLost(loss.after) else {
            throw ExchangeError.broken(url: request.url, reason: "the answer got lost")
        }
        return response
    }
}
