/// A bound on the Rényi divergence of one release as a function of the order.
struct RenyiCurve {
    let rho: Double
    let xi: Double
    let orders: RenyiOrders
    /// What a Poisson sample makes of it.
    var amplification: PoissonAmplification?

    init(rho: Double, xi: Double, orders: RenyiOrders) {
        self.rho = rho
        self.xi = xi
        self.orders = orders
    }

    /// The bound at an order above 1: between orders at which it is known, the chord of (order - 1)
    /// times it.
    func divergence(order: Double) -> Double {
        var accountant = RenyiAccountant(neighbouring: .zeroOutOne)
        accountant.add(self, times: 1)
        return accountant.renyiDivergence(order: order)
    }
}
