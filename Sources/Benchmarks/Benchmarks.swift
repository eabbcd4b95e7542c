import ArgumentParser

/// Speed, each figure beside its physical limit.
@main
struct Benchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure Covey's hot paths on this machine.",
        discussion: """
            Each line gives processor time and the ratio to a limit measured in the same run. On a \
            shared machine, trust the ratios.
            """,
        subcommands: [
            AccountingBenchmark.self, AuditBenchmark.self, GraphBenchmark.self,
            HTTPBenchmark.self, LearningBenchmark.self, LedgerBenchmark.self,
            NoiseBenchmark.self,
            PrivateSumBenchmark.self, RankingBenchmark.self, RoundBenchmark.self,
            StoreBenchmark.self, TrainingBenchmark.self,
        ])
}
