internal import FederatedProtocol

extension CoordinatorClient {
    /// Makes sure that there are enough enrolment tokens, where the coordinator asks for them.
    ///
    /// - Parameters:
    ///   - tokens: One for each device, by its number.
    ///   - newDevices: The numbers of those that have to enrol.
    /// - Throws: ``FleetError/tooFewTokens(given:needed:)``, or what the call throws.
    func checkTokens(_ tokens: [String], for newDevices: [Int]) async throws {
        guard let last = newDevices.max(), last >= tokens.count else { return }
        let described: Covey_V1_DescribeResponse = try await call(
            .describe, Covey_V1_DescribeRequest())
        guard described.enrolment == .token else { return }
        throw FleetError.tooFewTokens(given: tokens.count, needed: last + 1)
    }
}
