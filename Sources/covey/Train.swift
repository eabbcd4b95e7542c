import ArgumentParser
import CommandLineProgram
import Foundation
import Recommender
import Simulation

/// `covey train`: a network trained on everybody's histories at once.
struct Train: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Train a network centrally, without privacy: the reference for federated training.",
        discussion: """
            The scenario is one for 'covey simulate' whose algorithm is a network; its keys \
            'central.…' say how it is trained here. Nothing is private in this: all histories meet \
            in one place. It shows what the network could reach, and what privacy and federation \
            cost it. Networks, by 'algorithm.network': \(NetworkSettings.names.joined(separator: ", ")).

            EXAMPLES
              covey train simulations/sasrec.yaml --set data.source=data/ml-1m
              covey train simulations/neumf.yaml --set central.epochs=5 --json
            """)

    @Argument(
        help: "The scenario file (YAML).", completion: .file(extensions: ["yaml", "yml"]))
    var scenario: String

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Override a key of the scenario; may be repeated.", valueName: "key=value"))
    var overrides: [String] = []

    @Flag(help: "Print one JSON object with the result instead of the table.")
    var json = false

    func run() async throws {
        let interruption = Interruption()
        let line = StatusLine()
        let source = InterruptSignal(
            raising: interruption,
            saying: "covey: stopping after this batch; press Ctrl-C again to stop at once")
        defer { source.cancel() }
        do {
            let simulation = try Simulation(
                scenario: try Scenario(path: scenario, overrides: overrides),
                interruption: interruption)
            let result = try await simulation.trainCentrally { Self.show($0, on: line) }
            line.clear()
            print(json ? try jsonText(result) : Self.table(result))
            if result.status == .interrupted { throw ExitCode(130) }
        } catch let code as ExitCode {
            throw code
        } catch is Interrupted {
            line.clear()
            throw ExitCode(130)
        } catch {
            line.clear()
            FileHandle.standardError.write(Data("covey: \(error)\n".utf8))
            throw ExitCode(2)
        }
    }

    private static func show(_ event: CentralEvent, on line: StatusLine) {
        switch event {
        case .progress(let epoch, let epochs, let share):
            line.renew("epoch \(epoch)/\(epochs): \(Int(share * 100)) %")
        case .pretraining(let part, let epoch, let epochs, let share):
            line.renew("\(part), epoch \(epoch)/\(epochs): \(Int(share * 100)) %")
        case .pretrained(let part, let epoch, let epochs, let loss):
            line.keep("\(part), epoch \(epoch)/\(epochs): loss \(TextTable.number(loss, 4))")
        case .judged(let judged, let epochs):
            line.keep(
                "epoch \(judged.epoch)/\(epochs): loss \(TextTable.number(judged.loss, 4)), "
                    + "HR@\(judged.quality.cutoff) "
                    + "\(TextTable.number(judged.quality.sampled.hitRate, 4)), NDCG@"
                    + "\(judged.quality.cutoff) "
                    + "\(TextTable.number(judged.quality.sampled.ndcg, 4)), "
                    + "\(TextTable.number(judged.seconds, 1)) s")
        case .stage(let text): line.announce(text)
        }
    }

    private static func table(_ result: CentralResult) -> String {
        let cutoff = result.popularity.cutoff
        var table = TextTable(
            header: ["", "HR@\(cutoff)", "NDCG@\(cutoff)", "full HR", "full NDCG", "coverage"])
        let judged = result.epochs.map { ("\(result.network), \($0.epoch) epochs", $0.quality) }
        table.rows = ([("popularity", result.popularity)] + judged).map { name, quality in
            [
                name, TextTable.number(quality.sampled.hitRate, 4),
                TextTable.number(quality.sampled.ndcg, 4),
                TextTable.number(quality.full.hitRate, 4),
                TextTable.number(quality.full.ndcg, 4), TextTable.number(quality.coverage, 3),
            ]
        }
        var lines = [
            table.text, "",
            "people, items     \(result.people), \(result.items)",
            "parameters        \(result.parameters.shared) shared, "
                + "\(result.parameters.personal) of each person",
            "time, memory      \(TextTable.number(result.epochs.last?.seconds, 1)) s of training "
                + "(\(TextTable.number(result.epochs.last?.cpuSeconds, 1)) s of processor time), "
                + "\(TextTable.bytes(result.peakMemoryBytes)) at most",
            "note              all histories were in one place: nothing here is private",
        ]
        if result.status == .interrupted { lines.append("interrupted before the last epoch") }
        return lines.joined(separator: "\n")
    }
}
