/// What a training takes in a deployment: how long, what of each phone, and what of the coordinator.
package struct DeploymentCost: Sendable, Codable, Hashable {
    /// A quantity over all devices of the population, those that never took part among them.
    package struct Distribution: Sendable, Codable, Hashable {
        package var mean: Double
        /// 95 % of the devices have at most this.
        package var percentile95: Double
        package var largest: Double

        /// The distribution of some numbers.
        init(_ values: [Double]) {
            let sorted = values.sorted()
            mean = sorted.isEmpty ? 0 : sorted.reduce(0, +) / Double(sorted.count)
            percentile95 =
                sorted.isEmpty
                ? 0 : sorted[max(0, Int((0.95 * Double(sorted.count)).rounded(.up)) - 1)]
            largest = sorted.last ?? 0
        }

        private init(mean: Double, percentile95: Double, largest: Double) {
            self.mean = mean
            self.percentile95 = percentile95
            self.largest = largest
        }

        func divided(by divisor: Double) -> Distribution {
            Distribution(
                mean: mean / divisor, percentile95: percentile95 / divisor,
                largest: largest / divisor)
        }
    }

    /// What phones spend.
    package struct Phones: Sendable, Codable, Hashable {
        package var bytesUp: Distribution
        package var bytesDown: Distribution
        /// Seconds of computing and transferring.
        package var seconds: Distribution
        /// An estimate from power and time.
        package var milliampereHours: Distribution
        package var checkIns: Distribution

        func divided(by divisor: Double) -> Phones {
            Phones(
                bytesUp: bytesUp.divided(by: divisor), bytesDown: bytesDown.divided(by: divisor),
                seconds: seconds.divided(by: divisor),
                milliampereHours: milliampereHours.divided(by: divisor),
                checkIns: checkIns.divided(by: divisor))
        }
    }

    /// What the coordinator needs.
    package struct Server: Sendable, Codable, Hashable {
        /// The most devices connected at once, check-ins not counted.
        package var peakConnections: Int
        package var requestsPerSecond: Double
        /// In the busiest second.
        package var peakRequestsPerSecond: Int
        package var bytesInPerSecond: Double
        package var bytesOutPerSecond: Double
        /// In the busiest minute, both directions.
        package var peakBytesPerSecond: Double
        /// The most that was kept of a cohort until its round ended.
        package var storedBytes: Int
    }

    /// Days since the beginning.
    package var days: Double
    package var rounds: Int
    /// The mean time from one sum to the next, in seconds.
    package var secondsPerRound: Double
    /// Attempts at rounds that came to nothing.
    package var abandoned: Int
    /// Of the devices that were invited, or had finished, how many were in no sum.
    package var lostShare: Double
    /// The mean number of model versions between download and sum.
    package var meanStaleness: Double
    /// In all.
    package var phones: Phones
    package var phonesPerDay: Phones
    package var server: Server
    /// Of everything.
    package var total: RoundCost
}
