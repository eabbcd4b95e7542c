import ArgumentParser
import Foundation

/// Whole private sums in one process: what each step costs each party.
struct PrivateSumBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "private-sum",
        abstract: "Every step of a private sum, at the device and at the coordinator.",
        discussion: """
            Processor time of one thread. Limits are measured in the same run: libsodium's ChaCha20 \
            keystream and a ring addition for masks, X25519 for key sharing, Ed25519 for signatures, the \
            keystream of one 32-bit word a coordinate for noise. Every device of the cohort is run.

            Examples:
              Benchmarks private-sum
              Benchmarks private-sum --cohort 16 64 256 --length 10000 100000 --dropout 0 0.1 0.3 --json
              Benchmarks private-sum --all
            """)

    @Option(parsing: .upToNextOption, help: "Devices in the cohort.")
    var cohort: [Int] = [64]

    @Option(parsing: .upToNextOption, help: "Coordinates of a vector.")
    var length: [Int] = [1_000_000]

    @Option(
        parsing: .upToNextOption, help: "Shares of the cohort that are lost at the masking step.")
    var dropout: [Double] = [0, 0.2]

    @Option(help: "The share that may collude; graph, committee and noise are chosen for it.")
    var colluding = 0.05

    @Flag(help: "Cohorts of 16 to 1,024, 10,000 to 1,000,000 coordinates, none to 30 % lost.")
    var all = false

    @Flag(help: "Print JSON, one object a line.")
    var json = false

    func validate() throws {
        guard cohort.allSatisfy({ $0 >= 4 }), length.allSatisfy({ $0 >= 1 }),
            dropout.allSatisfy({ (0..<0.45).contains($0) }), (0..<0.5).contains(colluding)
        else {
            throw ValidationError(
                "a cohort has 4 devices or more, a vector 1 coordinate, a dropout is below 0.45")
        }
    }

    func run() throws {
        let limits = PrivateSumLimits.measured()
        if !json { print(limits.description + "\n") }
        for length in all ? [10_000, 100_000, 1_000_000] : length {
            for cohort in all ? [16, 64, 256, 1024] : cohort {
                for dropout in all ? [0, 0.1, 0.3] : dropout {
                    let measurement = try PrivateSumMeasurement(
                        cohort: cohort, length: length, dropout: dropout, colluding: colluding,
                        limits: limits)
                    print(json ? try measurement.json() : measurement.table)
                }
            }
        }
    }
}
