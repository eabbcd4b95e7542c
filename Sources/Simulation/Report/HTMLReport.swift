/// The report of a run.
struct HTMLReport {
    let plan: SimulationPlan
    let result: SimulationResult
    let metrics: [RoundMetrics]
    let scenarioYAML: String
    func render() -> String { "" }
}
