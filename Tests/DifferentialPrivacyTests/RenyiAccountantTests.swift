import DifferentialPrivacy
import Foundation
import Testing

@Suite struct RenyiAccountantTests {
    private func accountant(_ events: PrivacyEvent...) throws -> RenyiAccountant {
        var accountant = RenyiAccountant(neighbouring: .addOrRemoveOne)
        for event in events { try accountant.compose(event) }
        return accountant
    }

    private func release(_ rho: Double) -> PrivacyEvent {
        .concentrated(rho: rho, neighbouring: .addOrRemoveOne)
    }

    private func sampled(_ rate: Double, _ rho: Double) -> PrivacyEvent {
        .poissonSampled(rate: rate, .concentrated(rho: rho, neighbouring: .addOrRemoveOne))
    }

    @Test(.enabled(if: !ReferenceVectors.areAbsent, Comment(rawValue: ReferenceVectors.absence)))
    func `zCDP figures lie between the truth and a library on a grid of orders`() throws {
        var checked = 0
        for mechanism in ["gaussian_composition", "discrete_gaussian_composition", "zcdp"] {
            for vector in ReferenceVectors.cases(of: mechanism) {
                let parameters = vector.object("parameters")
                let steps = try #require(parameters.number("steps"))
                if let offset = parameters.number("xi"), offset != 0 { continue }
                let rho: Double
                if let stated = parameters.number("rho") {
                    rho = stated * steps
                } else {
                    let deviation = try #require(
                        parameters.number("noise_multiplier") ?? parameters.number("sigma"))
                    let sensitivity = parameters.number("integer_sensitivity") ?? 1
                    rho = steps * sensitivity * sensitivity / (2 * deviation * deviation)
                }
                let account = try accountant(release(rho))
                let delta = try #require(vector.number("delta"))
                let epsilon = try account.epsilon(delta: delta)
                if let exact = vector.object("exact").number("epsilon") {
                    #expect(epsilon >= exact)
                }
                for other in vector["others"] as? [[String: Any]] ?? []
                where other["accountant"] as? String == "rdp" {
                    let expected = try #require(other.number("epsilon"))
                    let order = try #require(other.number("optimal_order"))
                    // The library's orders are a coarse grid: at its best one we agree with it.
                    #expect(epsilon <= expected * (1 + 1e-6))
                    let atOrder = account.epsilon(delta: delta, order: order)
                    #expect(abs(atOrder - expected) <= 1e-6 * expected)
                    checked += 1
                }
            }
        }
        #expect(checked > 20)
    }

    @Test(.enabled(if: !ReferenceVectors.areAbsent, Comment(rawValue: ReferenceVectors.absence)))
    func `amplified divergences are never below the sampled Gaussian's`() throws {
        let vectors = ReferenceVectors.auxiliary("rdp_poisson_gaussian")
        #expect(!vectors.isEmpty)
        for vector in vectors {
            let rate = try #require(vector.number("sampling_probability"))
            let multiplier = try #require(vector.number("noise_multiplier"))
            let order = try #require(vector.number("alpha"))
            let exact = try #require(vector.number("rdp_exact"))
            let account = try accountant(sampled(rate, 1 / (2 * multiplier * multiplier)))
            let bound = account.renyiDivergence(order: order)
            #expect(bound >= exact * (1 - 1e-12))
            #expect(bound <= order / (2 * multiplier * multiplier) * (1 + 1e-12))
            // At order 2 nothing is lost.
            if order == 2 { #expect(bound <= exact * (1 + 1e-9)) }
        }
    }

    @Test func `epsilon grows with rho and falls with delta`() throws {
        for make in [release, { self.sampled(0.01, $0) }] {
            var last = 0.0
            for rho in [1e-9, 1e-6, 1e-3, 0.1, 1, 10, 1000] {
                let account = try accountant(make(rho))
                let epsilon = try account.epsilon(delta: 1e-6)
                #expect(epsilon >= last && epsilon.isFinite)
                last = epsilon
                #expect(try account.epsilon(delta: 1e-8) >= epsilon)
                #expect(try account.delta(epsilon: 2) <= account.delta(epsilon: 1))
            }
        }
    }

    @Test func `epsilon and delta are each other's inverse`() throws {
        for rho in [1e-6, 0.01, 0.5, 20] {
            let account = try accountant(release(rho))
            for delta in [1e-12, 1e-6, 1e-3] {
                let epsilon = try account.epsilon(delta: delta)
                guard epsilon > 0 else { continue }
                let back = try account.delta(epsilon: epsilon)
                #expect(abs(back - delta) < 1e-6 * delta)
            }
        }
    }

    @Test func `delta is close to the exact one of a Gaussian`() throws {
        // Balle and Wang 2018 (arXiv 1805.06530), Theorem 8, for rho = mu^2 / 2.
        func normal(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }
        for mu in [0.1, 0.5, 1, 3] {
            let account = try accountant(release(mu * mu / 2))
            for epsilon in [0.0, 0.1, 0.5, 1, 4, 10] {
                let exact =
                    normal(mu / 2 - epsilon / mu) - exp(epsilon) * normal(-mu / 2 - epsilon / mu)
                let bound = try account.delta(epsilon: epsilon)
                #expect(bound >= exact)
            }
        }
    }

    @Test func `releases compose by adding up, in any order and nesting`() throws {
        let reference = try accountant(release(0.5), sampled(0.1, 1), sampled(0.1, 1))
        let half = PrivacyEvent.composed([.repeated(release(0.125), count: 2), sampled(0.1, 1)])
        let same = [
            try accountant(sampled(0.1, 1), release(0.25), sampled(0.1, 1), release(0.25)),
            try accountant(.composed([release(0.5), .repeated(sampled(0.1, 1), count: 2)])),
            try accountant(.repeated(half, count: 2)),
        ]
        for other in same {
            for order in [1.5, 2, 7.3, 200] {
                let expected = reference.renyiDivergence(order: order)
                #expect(abs(other.renyiDivergence(order: order) - expected) < 1e-12 * expected)
            }
            #expect(other.rhoWithoutAmplification == reference.rhoWithoutAmplification)
        }
    }

    @Test func `rounding never loses part of a release`() throws {
        var account = try accountant()
        var total = Decimal(0)
        for round in 1...20_000 {
            let rho = 0x1p-60 * Double(round * round | 1) + 1 / 1024
            try account.compose(release(rho))
            // A whole multiple of 2^-60, which a sum of integers keeps exactly.
            total += Decimal(rho * 0x1p60)
        }
        #expect(Decimal(account.rhoWithoutAmplification * 0x1p60) >= total)
        #expect(account.rhoWithoutAmplification < 19.5313)
    }

    @Test func `sampling never costs more, and nothing is gained at rate 1`() throws {
        for rho in [1e-4, 0.1, 3.0] {
            let full = try accountant(release(rho))
            for rate in [0, 1e-6, 0.01, 0.3, 0.999, 1] {
                let part = try accountant(sampled(rate, rho))
                for order in [1.1, 2, 3, 10.5, 64, 1000] {
                    let unamplified = full.renyiDivergence(order: order)
                    #expect(part.renyiDivergence(order: order) <= unamplified * (1 + 1e-12))
                }
                #expect(part.rhoWithoutAmplification == (rate == 0 ? 0 : rho))
            }
            let everyone = try accountant(sampled(1, rho))
            for order in PoissonOrders.checked {
                let unamplified = full.renyiDivergence(order: order)
                #expect(
                    abs(everyone.renyiDivergence(order: order) - unamplified) < 1e-12 * unamplified)
            }
        }
    }

    private enum PoissonOrders { static let checked = [2.0, 3, 17, 64, 128, 1024] }

    @Test func `amplification is of second order in a small rate`() throws {
        // Order 2: ln(1 + q^2 (e^{2 rho} - 1)), which naive summation loses at q = 1e-9.
        let account = try accountant(sampled(1e-9, 0.5))
        let expected = 1e-18 * (exp(1) - 1)
        #expect(abs(account.renyiDivergence(order: 2) - expected) < 1e-9 * expected)
    }

    @Test func `nothing released costs nothing`() throws {
        let account = try accountant(.composed([]), .repeated(release(1), count: 0))
        #expect(try account.epsilon(delta: 1e-9) == 0)
        #expect(try account.delta(epsilon: 0) == 0)
        let never = try accountant(sampled(0, 5))
        #expect(try never.epsilon(delta: 1e-9) < 0.1)
    }

    @Test func `figures beyond floating point are infinite, not wrong`() throws {
        let account = try accountant(.repeated(release(1e308), count: 1000))
        #expect(try account.epsilon(delta: 1e-6) == .infinity)
        #expect(try account.delta(epsilon: 1) == 1)
        let sampled = try accountant(.repeated(sampled(0.5, 1e300), count: .max))
        #expect(try sampled.epsilon(delta: 1e-6) == .infinity)
    }

    @Test func `meaningless events are refused and leave the account as it was`() throws {
        var account = try accountant(release(1))
        for rho in [-1, .nan, .infinity] {
            #expect(throws: DifferentialPrivacyError.self) { try account.compose(release(rho)) }
        }
        for rate in [-0.1, 1.1, .nan] {
            #expect(throws: DifferentialPrivacyError.self) {
                try account.compose(.composed([release(1), sampled(rate, 1)]))
            }
        }
        #expect(throws: DifferentialPrivacyError.self) {
            try account.compose(.repeated(release(1), count: -1))
        }
        let mismatch = DifferentialPrivacyError.neighbouringMismatch(
            expected: .addOrRemoveOne, actual: .zeroOutOne)
        #expect(throws: mismatch) {
            try account.compose(.concentrated(rho: 1, neighbouring: .zeroOutOne))
        }
        for delta in [0, 1, -1, .nan] {
            #expect(throws: DifferentialPrivacyError.self) { try account.epsilon(delta: delta) }
        }
        #expect(account.rhoWithoutAmplification == 1)
    }

    @Test func `events survive encoding`() throws {
        let event = PrivacyEvent.composed([
            .repeated(sampled(0.1, 0.3), count: 3),
            .concentrated(rho: 0.1, neighbouring: .zeroOutOne),
        ])
        let data = try JSONEncoder().encode(event)
        #expect(try JSONDecoder().decode(PrivacyEvent.self, from: data) == event)
    }
}
