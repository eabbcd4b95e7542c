internal import Learning

/// The values of all of a network's parameters.
package struct NetworkValues: Sendable {
    /// The shared parameters, one after the other.
    package var shared: [Float]
    /// Each person's private parameters, one after the other.
    package var personal: [[Float]]

    /// Collects values.
    package init(shared: [Float], personal: [[Float]]) {
        self.shared = shared
        self.personal = personal
    }
}

extension NeuralCollaborativeFiltering {
    /// Starting values of NeuMF from a trained GMF and a trained MLP of the same settings, half of
    /// each one's head: He et al., section 3.4.1, equation 13 with alpha = 1/2.
    package func joining(
        _ product: NetworkValues, of gmf: Self, _ tower: NetworkValues, of mlp: Self
    ) -> NetworkValues {
        precondition(product.personal.count == tower.personal.count)
        let shared = join(
            gmf.layout.named(product.shared, .shared), mlp.layout.named(tower.shared, .shared),
            .shared)
        let personal = zip(product.personal, tower.personal).map { one, other in
            join(
                gmf.layout.named(one, .personal), mlp.layout.named(other, .personal), .personal)
        }
        return NetworkValues(shared: shared, personal: personal)
    }

    private func join(
        _ product: [String: ArraySlice<Float>], _ tower: [String: ArraySlice<Float>],
        _ scope: ParameterLayout.Scope
    ) -> [Float] {
        layout.entries.filter { $0.scope == scope }.flatMap { entry -> [Float] in
            switch (product[entry.name], tower[entry.name]) {
            case (let one?, let other?) where one.count + other.count == entry.count:
                return (one + other).map { $0 / 2 }
            case (let one?, let other?): return zip(one, other).map { ($0 + $1) / 2 }
            case (let one?, nil), (nil, let one?): return Array(one)
            case (nil, nil): preconditionFailure("NeuMF has the parameters of its parts alone")
            }
        }
    }
}

extension ParameterLayout {
    /// The values of each parameter of a scope by its name.
    fileprivate func named(_ values: [Float], _ scope: Scope) -> [String: ArraySlice<Float>] {
        precondition(values.count == count(scope))
        var (found, start): ([String: ArraySlice<Float>], Int) = ([:], 0)
        for entry in entries where entry.scope == scope {
            found[entry.name] = values[start..<start + entry.count]
            start += entry.count
        }
        return found
    }
}
