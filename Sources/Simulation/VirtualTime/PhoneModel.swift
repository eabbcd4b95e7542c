/// When phones can take part, how fast they are and what power they draw: the scenario's section
/// `phones`.
///
/// | key | default | what it is |
/// |---|---|---|
/// | `phones.availability` | `diurnal` | `always`, `diurnal`, or `trace` |
/// | `phones.availabilityTrace` | | trace: a CSV file of sessions with the columns device, start, end (seconds); repeated day after day when it is over |
/// | `phones.capabilityTrace` | | a CSV file with the columns speed, down, up (1 is the median phone; Mbit/s), in place of the distributions; empty for none |
/// | `phones.traceOrder` | `cyclic` | which lines of the traces a device has: `cyclic` by its number, or `random` |
/// | `phones.timeZones` | `-5:48,-6:29,-7:7,-8:16` | diurnal: hours east of UTC with the share of phones there; the default is the population of the time zones of the continental United States |
/// | `phones.nightShare` | 0.6 | diurnal: the chance that a phone is idle, charging and on an unmetered network in a night |
/// | `phones.nightHour`, `phones.nightHourSpread` | 23, 1.5 | diurnal: the local hour at which that begins, mean and standard deviation |
/// | `phones.nightHours`, `phones.nightHoursSpread` | 7, 0.25 | diurnal: how long it lasts, log-normal |
/// | `phones.dayWindows` | 1.8 | diurnal: how often in a day, on average, a phone is idle and charging beside the night |
/// | `phones.dayMinutes`, `phones.dayMinutesSpread` | 60, 0.8 | diurnal: how long, log-normal |
/// | `phones.interruptionsPerHour` | 0.2 | diurnal: how often a phone is taken up in such a time, for five minutes on average |
/// | `phones.secondsPerInteraction` | 0.001 | how long a median phone learns from one interaction in a round, all passes over it together |
/// | `phones.secondsPerRound` | 1 | how long it takes beside that, to wake up and to mask its vector |
/// | `phones.speedSpread` | 0.8 | spread of the log-normal speed of phones |
/// | `phones.variation` | 0.2 | spread of the log-normal speed of one phone from round to round |
/// | `phones.stragglers`, `phones.stragglerSlowdown` | 0, 10 | how often a phone is so many times slower in a round |
/// | `phones.crash` | 0.04 | the chance that a phone falls silent in a round for reasons of its own |
/// | `phones.cpuWatts`, `phones.radioWatts`, `phones.waitingWatts` | 2, 1, 0.3 | power while it computes, transfers, and waits for others |
/// | `phones.voltage` | 3.85 | of the battery, to convert energy to mAh |
///
/// Log-normal numbers are given by their median and the standard deviation of their logarithm (`…Spread`).
///
/// **Where the defaults come from.** They are estimates, to be replaced by one's own measurements.
/// - Availability: Bonawitz et al. ("Towards federated learning at scale: system design", MLSys 2019)
///   invite phones that are idle, charging and on an unmetered network, see four times as many of them at
///   the best time of the day as at the worst in a population of the United States, and lose 6 to 10 % of
///   the devices in a round; the defaults were set to that ratio, which a test holds. Ferreira, Dey and
///   Kostakos ("Understanding human-smartphone concerns", Pervasive 2011; 4,035 people) describe charging
///   by night and in short stretches of the day.
/// - Speed: training times in one population span two orders of magnitude (Huba et al., "PAPAYA", MLSys
///   2022; FedScale, Lai et al., ICML 2022, from AI Benchmark). A spread of 0.8 puts 95 % of the speeds
///   within a factor of 23; people's histories, of different lengths, do the rest.
/// - Power: a phone can get rid of about 3 W of heat for long (Tarkoma et al., "Smartphone energy
///   consumption", Cambridge University Press 2014), one busy core draws about 1 W; between them, 2 W. A
///   radio that is active on 802.11n draws 0.9 to 1.3 W with one antenna (Halperin et al., "Demystifying
///   802.11n power consumption", HotPower 2010). A phone that is awake with its display off draws about
///   0.27 W (Carroll and Heiser, "An analysis of power consumption in a smartphone", USENIX ATC 2010).
package struct PhoneModel: Sendable, Hashable {
    /// Where the times at which phones can take part come from.
    package enum Availability: String, Sendable, Hashable, CaseIterable {
        case always, diurnal, trace
    }

    /// Which lines of a trace a device has.
    package enum TraceOrder: String, Sendable, Hashable, CaseIterable {
        case cyclic, random
    }

    /// A time zone and how many phones are there, relative to the others.
    package struct TimeZone: Sendable, Hashable {
        /// Hours east of UTC.
        package var offset: Double
        package var weight: Double
    }

    package var availability = Availability.diurnal
    package var availabilityTrace = ""
    package var capabilityTrace = ""
    package var traceOrder = TraceOrder.cyclic
    package var timeZones = [
        TimeZone(offset: -5, weight: 48), TimeZone(offset: -6, weight: 29),
        TimeZone(offset: -7, weight: 7), TimeZone(offset: -8, weight: 16),
    ]
    package var nightShare = 0.6
    package var nightHour = 23.0
    package var nightHourSpread = 1.5
    package var nightHours = 7.0
    package var nightHoursSpread = 0.25
    package var dayWindows = 1.8
    package var dayMinutes = 60.0
    package var dayMinutesSpread = 0.8
    package var interruptionsPerHour = 0.2
    package var speedSpread = 0.8
    package var secondsPerInteraction = 0.001
    package var secondsPerRound = 1.0
    package var variation = 0.2
    package var stragglers = 0.0
    package var stragglerSlowdown = 10.0
    package var crash = 0.04
    package var cpuWatts = 2.0
    package var radioWatts = 1.0
    package var waitingWatts = 0.3
    package var voltage = 3.85

    /// The defaults.
    package init() {}

    /// Converts energy to charge.
    func milliampereHours(joules: Double) -> Double { joules / (3.6 * voltage) }
}
