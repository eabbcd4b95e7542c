extension PopulationCoordinator {
    package nonisolated var commitTimes: Latencies { store.commitTimes }
}
