internal import Foundation
package import PrivacyLedger

/// What is asked of a fleet.
package struct FleetOptions: Sendable {
    /// The coordinator's URL.
    package var coordinator: String
    /// Where the devices keep what they have.
    package var folder: String
    /// The number of devices; nil for everybody in the data.
    package var devices: Int?
    /// What they do beside what they should.
    package var behaviours = FleetBehaviours()
    /// The ledger's key; nil to go by the one that is seen first.
    package var ledgerKey: VerificationKey?
    /// One-time enrolment tokens, one for each device by its number; empty where enrolment is open.
    package var tokens: [String] = []
    /// The epsilon that no device's account may exceed, at the ledger's delta.
    package var cap: Double
    /// When to stop.
    package var end = End.never
    /// The operator's token, with which the quality of models is reported; nil to report nothing.
    package var administratorToken: String?
    /// The most connections to one coordinator.
    package var connections = 32

    /// When a fleet stops of itself.
    package enum End: Sendable, Hashable {
        case never
        /// When a task has finished or failed.
        case task(String)
        /// After a time.
        case after(Duration)

        /// The time that there is; nil where it is not limited.
        var limit: Duration? {
            if case .after(let duration) = self { duration } else { nil }
        }
    }

    package init(coordinator: String, folder: String, cap: Double) {
        self.coordinator = coordinator
        self.folder = folder
        self.cap = cap
    }
}

extension FleetOptions {
    /// The enrolment tokens of a file, one a line.
    ///
    /// - Throws: ``FleetError/inaccessible(path:reason:)``.
    package static func tokens(path: String) throws -> [String] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw FleetError.inaccessible(
                path: path, reason: "there is no such file of tokens, or it cannot be read")
        }
        return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isWhitespace).map(
            String.init)
    }
}
