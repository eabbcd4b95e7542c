import FederatedProtocol
import PrivacyLedger
import Simulation

/// A plan as a person reads it.
struct PlanTable {
    let plan: SimulationPlan

    /// The most rounds that are listed one by one.
    private let listed = 12

    var text: String {
        var table = TextTable(header: [
            "round", "devices", "coordinates", "clip", "noise/clip", "bits", "neighbours", "up",
            "down",
        ])
        for (number, round) in plan.rounds.prefix(listed).enumerated() {
            table.rows.append([
                "\(number + 1) \(round.query)", "\(round.invited)", "\(round.dimension)",
                TextTable.number(round.clippingNorm, 3),
                TextTable.number(round.noiseMultiplier, 2), "\(round.modulusBits)",
                "\(round.degree)", TextTable.bytes(round.bytesPerDevice.up),
                TextTable.bytes(round.bytesPerDevice.down),
            ])
        }
        let more = plan.rounds.count - listed
        let planned = plan.planned
        return [
            "\(plan.scenario): \(plan.algorithm) on \(plan.data), \(plan.devices) devices, "
                + "\(plan.items) items, \(plan.interactions) interactions, "
                + "\(plan.aggregation) aggregation",
            "", table.text, more > 0 ? "... and \(more) more rounds" : nil, "",
            "privacy           epsilon \(TextTable.number(planned.epsilonCoordinator, 3)) against "
                + "the coordinator, \(TextTable.number(planned.epsilonObserver, 3)) against "
                + "observers of the model, delta \(planned.delta)",
            "bytes per device  \(TextTable.bytes(plan.bytesPerDevice.up)) up, "
                + "\(TextTable.bytes(plan.bytesPerDevice.down)) down, in every round",
            "Nothing was run, and nothing spent.",
        ].compactMap { $0 }.joined(separator: "\n")
    }
}
