internal import CVectorKernels

/// How a server moves parameters along the mean change of devices: Reddi et al., "Adaptive federated
/// optimization", ICLR 2021, algorithm 2, without bias correction.
package enum ServerOptimizer: Sendable, Hashable {
    /// FedAvg for a rate of 1 without momentum, else FedAvgM.
    case momentum(rate: Float, momentum: Float)
    /// FedAdam; `epsilon` is the degree of adaptivity, tau.
    case adam(rate: Float, beta1: Float, beta2: Float, epsilon: Float)
    /// FedYogi.
    case yogi(rate: Float, beta1: Float, beta2: Float, epsilon: Float)
    /// FedAdagrad.
    case adagrad(rate: Float, epsilon: Float)
    /// FTRL-Proximal: McMahan et al., "Ad click prediction: a view from the trenches", KDD 2013,
    /// algorithm 1. Parameters of under `l1` of evidence are zero.
    case ftrl(rate: Float, beta: Float, l1: Float, l2: Float)

    /// What the rule keeps, as many numbers each as there are parameters.
    package struct State: Sendable, Hashable {
        /// The mean change, the velocity, or the z of FTRL.
        package var first: [Float]
        /// The mean or sum of squared changes.
        package var second: [Float]

        /// Collects a state.
        package init(first: [Float], second: [Float]) {
            self.first = first
            self.second = second
        }
    }

    /// What the rule keeps before the first step.
    package func makeState(for parameters: [Float]) -> State {
        let zeros = [Float](repeating: 0, count: parameters.count)
        guard case .ftrl(let rate, let beta, let l1, let l2) = self else {
            return State(first: zeros, second: zeros)
        }
        let first = parameters.map { parameter in
            parameter == 0
                ? 0 : -parameter * (beta / rate + l2) - (parameter > 0 ? l1 : -l1)
        }
        return State(first: first, second: zeros)
    }

    /// Moves the parameters along `scale` times the first of the values of `sum`.
    package func apply(
        _ sum: [Float], scale: Float, to parameters: inout [Float], state: inout State
    ) {
        let count = parameters.count
        precondition(sum.count >= count)
        precondition(state.first.count == count && state.second.count == count)
        switch self {
        case .momentum(let rate, let momentum):
            covey_server_momentum(
                &parameters, &state.first, sum, count, scale, rate, momentum)
        case .adam(let rate, let beta1, let beta2, let epsilon):
            covey_server_adam(
                &parameters, &state.first, &state.second, sum, count, scale, rate, beta1, beta2,
                epsilon)
        case .yogi(let rate, let beta1, let beta2, let epsilon):
            covey_server_yogi(
                &parameters, &state.first, &state.second, sum, count, scale, rate, beta1, beta2,
                epsilon)
        case .adagrad(let rate, let epsilon):
            covey_server_adagrad(
                &parameters, &state.second, sum, count, scale, rate, epsilon)
        case .ftrl(let rate, let beta, let l1, let l2):
            covey_server_ftrl(
                &parameters, &state.first, &state.second, sum, count, scale, rate, beta, l1, l2)
        }
    }
}
