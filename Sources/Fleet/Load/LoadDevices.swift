internal import Sodium

/// Devices without histories or stores, for putting a coordinator under load.
struct LoadDevices: Sendable {
    let trust: LedgerTrust
    let clients: [DeviceClient]
    let identities: [SigningKey]

    /// Enrols new devices.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - tokens: One-time enrolment tokens; empty where enrolment is open.
    ///   - client: The way to the coordinator.
    init(count: Int, tokens: [String], client: CoordinatorClient) async throws {
        // Whoever measures a coordinator does not wait for one.
        let once = client.retrying(RetryPolicy(attempts: 1))
        let trust = try await LedgerTrust(asking: once, expecting: nil)
        try await once.checkTokens(tokens, for: Array(0..<count))
        self.trust = trust
        var randomness = SystemRandomness()
        identities = try (0..<count).map { _ in
            try SigningKey(seed: SecretBytes(count: SigningKey.seedLength, from: &randomness))
        }
        clients = identities.enumerated().map { number, identity in
            DeviceClient(
                client: client, identity: identity, trust: trust,
                enrolmentToken: tokens.indices.contains(number) ? tokens[number] : "")
        }
        let all = clients
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, device) in all.enumerated() {
                if number >= 16 { try await group.next() }
                group.addTask { _ = try await device.enrol() }
            }
            try await group.waitForAll()
        }
    }
}
