/// What is offered at an address.
enum ServiceSurface {
    /// Everything: there is one address only.
    case whole
    /// Everything but what operators' tools ask for.
    case clients
    /// What operators' tools ask for.
    case operations

    /// Whether something is to be found here. Health and readiness are at every address, since load
    /// balancers ask where they send others.
    func offers(_ route: Route) -> Bool {
        switch route {
        case .health, .readiness: true
        case .metrics: self != .clients
        default: self != .operations
        }
    }
}
