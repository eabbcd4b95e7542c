internal import Foundation

extension PrivacyBudget {
    /// The largest total rho of zCDP releases that keeps within the budget, to a relative 1e-12 and
    /// never above it.
    ///
    /// - Parameter orders: Those at which the releases' bounds are known.
    public func largestRho(
        orders: RenyiOrders = .real
    ) throws(DifferentialPrivacyError) -> Double {
        func fits(_ rho: Double) -> Bool {
            var accountant = RenyiAccountant(neighbouring: .zeroOutOne)
            let event = PrivacyEvent.concentrated(
                rho: rho, neighbouring: .zeroOutOne, orders: orders)
            guard (try? accountant.compose(event)) != nil else { return false }
            return accountant.isWithin(self)
        }
        // The noise multiplier z is sqrt(1 / (2 rho)).
        let multiplier = try bisect { fits(1 / (2 * $0 * $0)) }
        return 1 / (2 * multiplier * multiplier)
    }

    /// The smallest noise multiplier with which `events` keep within the budget, to a relative
    /// 1e-12 and never below it.
    ///
    /// - Parameters:
    ///   - neighbouring: The relation under which all `events` protect.
    ///   - events: The releases at a noise multiplier, that is standard deviation over sensitivity;
    ///     more noise must not cost more.
    /// - Throws: ``DifferentialPrivacyError/budgetUnreachable(_:largestNoiseMultiplier:)`` where
    ///   not even a multiplier of 2^40 is enough, and what composing `events` throws.
    public func smallestNoiseMultiplier(
        neighbouring: NeighbouringRelation, events: (_ noiseMultiplier: Double) -> [PrivacyEvent]
    ) throws(DifferentialPrivacyError) -> Double {
        try bisect { (multiplier) throws(DifferentialPrivacyError) in
            var accountant = RenyiAccountant(neighbouring: neighbouring)
            for event in events(multiplier) { try accountant.compose(event) }
            return accountant.isWithin(self)
        }
    }

    /// The smallest number from 2^-40 to 2^40 that `fits`, on the side that does.
    private func bisect(
        fits: (Double) throws(DifferentialPrivacyError) -> Bool
    ) throws(DifferentialPrivacyError) -> Double {
        var low = -40.0
        var high = 0.0
        while try !fits(exp2(high)) {
            low = high
            high += 1
            guard high <= 40 else {
                throw .budgetUnreachable(self, largestNoiseMultiplier: 0x1p40)
            }
        }
        // Halved in the exponent: a difference of 1e-12 there is a relative one of 7e-13.
        while high - low > 1e-12 {
            let middle = (low + high) / 2
            guard middle > low, middle < high else { break }
            if try fits(exp2(middle)) { high = middle } else { low = middle }
        }
        return exp2(high)
    }
}
