import ArgumentParser
import CommandLineProgram
import Datasets
import Foundation
import Recommender
import Simulation

/// `covey population`: a population of any size that is like a data set.
struct PopulationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "population",
        abstract:
            "Sample a population of any size that is like a data set, into a file of columns.",
        discussion: """
            A model of the data set is fitted: how popular items are, how long histories are, what \
            follows what, which tastes and categories go together, times and ratings. People sampled \
            from it are written one after the other, so that a million need little memory; the file is \
            a data set for 'covey simulate'. The same data, number and seed give the same file on any \
            machine. In the end, the data set and as many of the people are compared.

            Sampled people have parts of real ones: the file is no more anonymous than the data set.

            EXAMPLES
              covey population data/ml-1m --users 1000000 --output big.columns
              covey population data/ml-1m --users 50000 --seed 2 --output likeness.columns --json
            """)

    @Argument(
        help: "The data set: a directory or a file of ratings.", completion: .directory)
    var data: String

    @Option(help: ArgumentHelp("How many people.", valueName: "people"))
    var users: Int

    @Option(
        help: ArgumentHelp("The file to write; one that is there is replaced.", valueName: "file"),
        completion: .file(extensions: ["columns"]))
    var output: String

    @Option(help: "What every random choice derives from.")
    var seed: UInt64 = 1

    @Flag(help: "Print the comparison as JSON instead of the table.")
    var json = false

    func validate() throws {
        guard (1...100_000_000).contains(users) else {
            throw ValidationError("--users takes a number from 1 to 100000000.")
        }
    }

    func run() async throws {
        let interruption = Interruption()
        let line = StatusLine()
        let source = InterruptSignal(
            raising: interruption,
            saying: "covey: stopping after this step; press Ctrl-C again to stop at once")
        defer { source.cancel() }
        func show(_ text: String) throws {
            if interruption.isRequested { throw Stopped() }
            line.renew(text)
        }
        try reporting {
            do {
                defer { line.clear() }
                line.announce("reading \(data)")
                let fitted = try DatasetReader.read(path: data)
                line.announce("fitting \(fitted.users.count) people")
                let model = try PopulationModel(fitting: fitted) {
                    try show("fitting \(fitted.users.count) people: \(Int($0 * 100)) %")
                }
                line.announce("sampling \(users) people")
                let start = Date()
                try model.write(users, seed: seed, to: output) { done in
                    try show("sampling people: \(done)/\(users)")
                }
                let seconds = -start.timeIntervalSinceNow
                line.announce("comparing")
                let generated = try InteractionColumns(mapping: output)
                let comparison = try PopulationComparison(
                    fitted: InteractionColumns(fitted), generated: generated
                ) { try show("comparing") }
                line.clear()
                let result = Result(
                    file: output, bytes: try Self.size(of: output), people: generated.count,
                    interactions: generated.interactionCount, seconds: seconds,
                    comparison: comparison)
                print(try json ? jsonText(result) : Self.table(result, like: fitted.name))
            } catch is Stopped {
                FileHandle.standardError.write(
                    Data("covey: stopped before the end\n".utf8))
                throw ExitCode(130)
            }
        }
    }

    /// Ctrl-C was pressed.
    private struct Stopped: Error {}

    /// What `--json` prints.
    private struct Result: Encodable {
        var file: String
        var bytes: Int
        var people: Int
        var interactions: Int
        /// How long sampling and writing took.
        var seconds: Double
        var comparison: PopulationComparison
    }

    private static func size(of path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.size] as? NSNumber)?.intValue ?? 0
    }

    private static func table(_ result: Result, like name: String) -> String {
        let (fitted, generated) = (result.comparison.fitted, result.comparison.generated)
        var table = TextTable(header: ["", name, "sampled"])
        func row(_ title: String, _ digits: Int, _ value: (PopulationStatistics) -> Double?) {
            table.rows.append(
                [title] + [fitted, generated].map { TextTable.number(value($0), digits) })
        }
        row("people compared", 0) { Double($0.people) }
        row("interactions", 0) { Double($0.interactions) }
        for (place, percent) in [10, 50, 90, 99].enumerated() {
            row("history length, \(percent) %", 0) { Double($0.lengthQuantiles[place]) }
        }
        row("items that occur", 0) { Double($0.items) }
        row("popularity, Gini", 3) { $0.popularityGini }
        row("repeats", 3) { $0.repeats }
        row("steps within a category", 3) { $0.sameCategorySteps }
        row("categories of a person", 2) { $0.categoriesPerPerson }
        row("rated", 3) { $0.rated }
        row("mean rating", 2) { $0.meanRating }
        row("HR@10 of popularity", 3) { $0.popularityHitRate }
        row("HR@10 of item to item", 3) { $0.itemToItemHitRate }
        let comparison = result.comparison
        return """
            \(result.file): \(result.people) people, \(result.interactions) interactions, \
            \(TextTable.bytes(result.bytes)), in \(TextTable.number(result.seconds, 1)) s

            \(table.text)

            history lengths    \(TextTable.number(comparison.lengthDistance, 3)) apart at most \
            (Kolmogorov-Smirnov)
            popularity         rank correlation \
            \(TextTable.number(comparison.popularityCorrelation, 3)), \
            \(TextTable.number(comparison.popularityDistance, 3)) of the interactions elsewhere

            Categories of a person are as many equally frequent ones as are as mixed. HR@10 is the \
            share of last items
            found among the first 10 of it and 99 random others.
            """
    }
}
