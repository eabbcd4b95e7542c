import SecureAggregation
import Sodium
import Testing
import VectorKernels

/// Masked vectors that another process has added up.
@Suite struct PartialSumTests {
    /// A sum whose devices have all shared keys, with their masked vectors.
    private func masking() throws -> (run: MaskedSum, inputs: [MaskedInput]) {
        var run = try MaskedSum(cohortSize: 9, degree: 4, threshold: 2, modulusBits: 13)
        try run.advertise(Array(0..<9))
        // Device 8 shares no keys.
        _ = try run.share(Array(0..<8))
        let inputs = try (0..<8).map { device in
            try run.devices[device].mask(
                run.vectors[device], receiving: run.coordinator.shares(for: device))
        }
        return (run, inputs)
    }

    private typealias Partial = (sum: RingVector, inclusions: [(device: Int, signature: [UInt8])])

    private func partial(_ inputs: some Sequence<MaskedInput>) -> Partial {
        var sum = RingVector(zeros: 5, bits: 13)
        for input in inputs {
            let isAdded = sum.add(packed: input.packed)
            #expect(isAdded)
        }
        return (sum, inputs.map { ($0.device, $0.inclusion) })
    }

    private func reveal(_ run: MaskedSum, of survivors: [Int]) throws -> RingVector {
        var run = run
        let set = try run.coordinator.endMasking()
        #expect(set.devices == survivors)
        #expect(!run.coordinator.hasQuorum)
        let request = try run.endorse(survivors, set)
        return try run.unmask(survivors, request).sum
    }

    @Test func `partial sums and single vectors in any order give the sum of all`() throws {
        let (run, inputs) = try masking()
        for order in 0..<3 {
            var run = run
            let parts = [partial(inputs[0..<3]), partial(inputs[5..<8]), partial([])]
            for step in [0, 1, 2, 3, 4].map({ ($0 + order) % 5 }) {
                switch step {
                case 3, 4: try run.coordinator.receive(inputs[step])
                default: try run.coordinator.receive(parts[step].sum, of: parts[step].inclusions)
                }
            }
            #expect(try reveal(run, of: Array(0..<8)) == run.plainSum(of: 0..<8))
        }
    }

    @Test func `a partial sum with anything wrong in it is left out as a whole`() throws {
        var (run, inputs) = try masking()
        try run.coordinator.receive(inputs[0])
        let good = partial(inputs[1..<4])
        func refuse(_ error: AggregationError, _ change: (inout Partial) -> Void) {
            var bad = good
            change(&bad)
            #expect(throws: error) {
                try run.coordinator.receive(bad.sum, of: bad.inclusions)
            }
        }
        refuse(.forgedSignature(device: 3)) { $0.inclusions[2].signature[9] ^= 1 }
        refuse(.forgedSignature(device: 2)) { $0.inclusions[1].signature = [] }
        refuse(.forgedSignature(device: 4)) { $0.inclusions[1].device = 4 }
        refuse(.duplicate(device: 1)) { $0.inclusions.append($0.inclusions[0]) }
        refuse(.duplicate(device: 0)) {
            $0.inclusions.append((0, inputs[0].inclusion))
        }
        for stranger in [8, 9, -1, .max] {
            refuse(.unknownDevice(stranger)) { $0.inclusions[0].device = stranger }
        }
        refuse(.otherSession) { $0.sum = RingVector(zeros: 6, bits: 13) }
        refuse(.otherSession) { $0.sum = RingVector(zeros: 5, bits: 14) }
        // Nothing of all that is in the sum, and the right one still fits.
        try run.coordinator.receive(good.sum, of: good.inclusions)
        #expect(throws: AggregationError.duplicate(device: 1)) {
            try run.coordinator.receive(good.sum, of: good.inclusions)
        }
        for input in inputs[4...] { try run.coordinator.receive(input) }
        #expect(try reveal(run, of: Array(0..<8)) == run.plainSum(of: 0..<8))
    }

    @Test func `partial sums are taken while vectors are`() throws {
        var run = try MaskedSum(cohortSize: 4, degree: 3, threshold: 2)
        #expect(throws: AggregationError.self) {
            try run.coordinator.receive(RingVector(zeros: 5, bits: 20), of: [])
        }
        try run.advertise(Array(0..<4))
        _ = try run.share(Array(0..<4))
        _ = try run.mask(Array(0..<4))
        #expect(throws: AggregationError.self) {
            try run.coordinator.receive(RingVector(zeros: 5, bits: 20), of: [])
        }
    }

    @Test func `an identity's number is its place in the roster`() throws {
        let run = try MaskedSum(cohortSize: 9, degree: 4, threshold: 2)
        for (number, identity) in run.roster.identities.enumerated() {
            #expect(run.roster.number(of: identity) == number)
        }
        for stranger in [[], [UInt8](repeating: 0, count: 32), [UInt8](repeating: 255, count: 33)] {
            #expect(run.roster.number(of: stranger) == nil)
        }
    }
}
