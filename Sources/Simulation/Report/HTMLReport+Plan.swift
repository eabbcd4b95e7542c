internal import FederatedProtocol

extension HTMLReport {
    /// What each round was to do.
    var planSection: ReportPage.Section {
        let rows = plan.rounds.prefix(Self.listedRounds).enumerated().map { number, round in
            (
                heading: "\(number + 1)",
                cells: [
                    round.query,
                    NumberText.count(round.invited), NumberText.count(round.dimension),
                    NumberText.significant(round.clippingNorm),
                    NumberText.significant(round.noiseMultiplier), "\(round.modulusBits)",
                    "\(round.degree), \(round.threshold)",
                    NumberText.bytes(round.bytesPerDevice.up),
                    NumberText.bytes(round.bytesPerDevice.down),
                ]
            )
        }
        let more = plan.rounds.count - rows.count
        return .init(
            id: "plan", title: "Plan",
            paragraphs: [
                "Each round adds up vectors of so many coordinates, clipped to an L2 norm. Noise is "
                    + "that of a coordinate of the sum, relative to the clip, with the fewest devices "
                    + "that suffice. Masks are shared with so many neighbours, of whom the second "
                    + "number restores a lost device's."
                    + (more > 0
                        ? " The first \(rows.count) rounds are listed, and \(NumberText.count(more)) more follow."
                        : "")
            ],
            blocks: [
                .table(
                    .init(
                        "Rounds",
                        columns: [
                            "round", "query", "devices", "coordinates", "clip", "noise/clip",
                            "bits",
                            "neighbours, threshold", "up", "down",
                        ],
                        rows: rows
                            + (more > 0
                                ? [
                                    (
                                        "and \(NumberText.count(more)) more",
                                        [String](repeating: "", count: 9)
                                    )
                                ] : [])))
            ], isWide: true)
    }

    /// What the run took.
    var costSection: ReportPage.Section {
        let training = result.training
        let planned = plan.bytesPerDevice
        return .init(
            id: "costs", title: "Costs",
            blocks: [
                .table(
                    .init(
                        "Time and memory", columns: ["what", "value"],
                        rows: [
                            ("Time of the whole run", [NumberText.duration(result.seconds)]),
                            ("Largest memory", [NumberText.bytes(result.peakMemoryBytes)]),
                            (
                                "Processor time of the training",
                                [NumberText.duration(training.cpuSeconds)]
                            ),
                            ("Device updates", [NumberText.count(training.deviceUpdates)]),
                            (
                                "Updates per second of processor time",
                                [NumberText.significant(training.updatesPerCPUSecond)]
                            ),
                        ])),
                .table(
                    .init(
                        "Traffic of a device in every round",
                        columns: ["rounds", "sent", "received"],
                        rows: [
                            (
                                "Finished",
                                [
                                    NumberText.bytes(result.bytesPerDevice.up),
                                    NumberText.bytes(result.bytesPerDevice.down),
                                ]
                            ),
                            (
                                "Planned",
                                [NumberText.bytes(planned.up), NumberText.bytes(planned.down)]
                            ),
                        ])),
                .table(
                    .init(
                        "Files", columns: ["what", "value"],
                        rows: [
                            ("Run folder", [result.output]),
                            ("Model, BLAKE2b", [result.modelHash]),
                        ], isText: true)),
            ])
    }
}
