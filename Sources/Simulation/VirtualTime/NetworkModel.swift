/// The connections between phones and the coordinator: the scenario's section `network`.
///
/// | key | default | what it is |
/// |---|---|---|
/// | `network.downMbps`, `network.upMbps` | 20, 8 | median bandwidths, Mbit/s |
/// | `network.spread` | 1 | spread of the log-normal bandwidths, the same for both directions of a phone |
/// | `network.latencyMs`, `network.latencySpread` | 60, 0.5 | the time of a request without its data, log-normal |
/// | `network.loss` | 0.01 | the chance that a request gets lost and is sent again |
/// | `network.retrySeconds` | 5 | after how long |
/// | `network.checkInBytes` | 1500 | what a check-in sends and receives together, with its share of the connection's set-up |
///
/// **Where the defaults come from.** FedScale (Lai et al., ICML 2022) takes bandwidths from the mobile
/// measurements of MobiPerf, in which clients differ by one to two orders of magnitude: a spread of 1
/// puts 95 % of the phones within a factor of 50. Medians are those of a home network behind a common
/// uplink. They are estimates, to be replaced by one's own measurements (`phones.capabilityTrace`).
package struct NetworkModel: Sendable, Hashable {
    package var downMbps = 20.0
    package var upMbps = 8.0
    package var spread = 1.0
    package var latencyMs = 60.0
    package var latencySpread = 0.5
    package var loss = 0.01
    package var retrySeconds = 5.0
    package var checkInBytes = 1500

    /// The defaults.
    package init() {}

    /// Reads the section.
    static func read(_ reader: inout SettingsReader) throws -> NetworkModel {
        var network = NetworkModel()
        func number(
            _ name: String, _ path: WritableKeyPath<NetworkModel, Double>,
            in range: ClosedRange<Double>
        ) throws {
            network[keyPath: path] = try reader.number(
                "network.\(name)", default: network[keyPath: path], in: range)
        }
        try number("downMbps", \.downMbps, in: 0.001...100_000)
        try number("upMbps", \.upMbps, in: 0.001...100_000)
        try number("spread", \.spread, in: 0...3)
        try number("latencyMs", \.latencyMs, in: 0...60_000)
        try number("latencySpread", \.latencySpread, in: 0...3)
        try number("loss", \.loss, in: 0...0.9)
        try number("retrySeconds", \.retrySeconds, in: 0...3600)
        network.checkInBytes = try reader.integer(
            "network.checkInBytes", default: network.checkInBytes, in: 0...1_000_000)
        return network
    }
}
