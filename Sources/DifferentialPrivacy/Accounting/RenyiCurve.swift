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
}
