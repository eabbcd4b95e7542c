internal import Foundation

/// A privacy loss moved to the points of a lattice: once in a way that can only raise delta at
/// every epsilon, once in a way that can only lower it. Both errors are of second order in the
/// step.
///
/// Upwards, the mass of a cell is split between its ends so that the masses of P and Q are kept
/// (Doroshenko, Ghazi, Kamath, Kumar and Manurangsi 2022, "Connect the dots", arXiv 2207.04380,
/// Algorithm 1). Downwards, outcomes of neighbouring cells are merged in proportions that put their
/// common loss on a point: to merge outcomes is to process the release.
struct LatticeLosses: Sendable {
    let lattice: LossLattice
    /// The mass of P at each point, from above and from below.
    private(set) var upper: [Double]
    private(set) var lower: [Double]
    /// The mass that has to be counted as an infinite loss, from above.
    private(set) var infinite: Double

    init(of pair: some LossPair, step: Double, range: ClosedRange<Double>) {
        // What is left in the middle falls to the point below it. Where nearly all mass is within
        // one cell, as with small sampling rates, the lattice is moved so that this is hardly a
        // fall.
        var offset = 0.0
        var rest = Remainder()
        lower = []
        var masses = LossMasses(count: 2)
        var lattice = LossLattice(step: step, covering: range)
        for _ in 0..<4 {
            lattice = LossLattice(step: step, offset: offset, covering: range)
            masses = pair.masses(on: lattice)
            (lower, rest) = Self.merge(masses, on: lattice)
            guard rest.p > 1e-3 else { break }
            let position = rest.position(step: step)
            let fall = position - position.rounded(.down)
            if fall < 1e-4 { break }
            offset += (fall - 5e-5) * step
        }
        self.lattice = lattice
        infinite = masses.above
        upper = masses.atPoint
        spread(masses)
        // What lies beyond an end: the losses only rise above, and only fall below.
        upper[0] += masses.below
        lower[lattice.count - 1] += max(0, masses.above - pair.infinite)
        if rest.p > 0 {
            let position = rest.position(step: step).rounded(.down)
            lower[Int(min(max(position, 0), Double(lattice.count - 1)))] += rest.p
        }
    }

    private mutating func spread(_ masses: LossMasses) {
        let share = -expm1(-lattice.step)
        for index in masses.cell.p.indices {
            let (p, q) = (masses.cell.p[index], masses.cell.q[index])
            guard p > 0 else { continue }
            let up = min(max((p - q) / share, 0), p)
            upper[index + 1] += up
            upper[index] += p - up
        }
    }

    /// From both ends towards the middle of P: what is left of a cell moves to the nearest point
    /// inwards, together with as much of the next cell as that takes. Returns what has found a
    /// point, and what meets in the middle.
    private static func merge(
        _ masses: LossMasses, on lattice: LossLattice
    ) -> (points: [Double], rest: Remainder) {
        let (p, q) = masses.cell
        var points = masses.atPoint
        let total = p.reduce(0, +)
        var middle = 0
        var half = 0.0
        while middle < p.count, half + p[middle] < total / 2 {
            half += p[middle]
            middle += 1
        }
        func emit(_ group: (point: Int, mass: Double)?) {
            if let group { points[group.point] += group.mass }
        }
        var low = Remainder()
        for index in 0..<middle {
            emit(low.take(p: p[index], q: q[index], cell: index, step: lattice.step, upwards: true))
        }
        var high = Remainder()
        for index in stride(from: p.count - 1, through: middle, by: -1) {
            emit(
                high.take(p: p[index], q: q[index], cell: index, step: lattice.step, upwards: false)
            )
        }
        var rest = low
        if high.p > 0 { rest.add(p: high.p, q: high.q, cell: high.cell, step: lattice.step) }
        return (points, rest)
    }

    /// Outcomes with one common loss, in the cell above the point `cell`.
    private struct Remainder {
        var p = 0.0
        /// The mass of Q, times exp(the loss of the point `cell`).
        var q = 0.0
        var cell = 0

        /// Where the common loss lies, in points from the first.
        func position(step: Double) -> Double { Double(cell) + log(p / q) / step }

        /// Adds outcomes of another cell.
        mutating func add(p otherP: Double, q otherQ: Double, cell other: Int, step: Double) {
            if p == 0 {
                (p, q, cell) = (otherP, otherQ, other)
                return
            }
            p += otherP
            q += otherQ * exp(Double(cell - other) * step)
            let next = Int(position(step: step).rounded(.down))
            q *= exp(Double(next - cell) * step)
            cell = next
        }

        /// Merges the remainder with a part of the next cell, so that their common loss is that of
        /// the point in between that is nearest to the remainder; the rest of the cell remains.
        /// Where the cell is not enough, all of both remains.
        mutating func take(
            p nextP: Double, q nextQ: Double, cell next: Int, step: Double, upwards: Bool
        ) -> (point: Int, mass: Double)? {
            guard nextP > 0, nextQ > 0 else { return nil }
            guard p > 0 else {
                (p, q, cell) = (nextP, nextQ, next)
                return nil
            }
            let point = upwards ? cell + 1 : cell
            let sign = upwards ? 1.0 : -1
            let lacking = sign * (q * exp(Double(point - cell) * step) - p)
            let surplus = sign * (nextP - nextQ * exp(Double(point - next) * step))
            if surplus > 0, surplus >= lacking {
                let share = max(lacking, 0) / surplus
                let mass = p + share * nextP
                (p, q, cell) = ((1 - share) * nextP, (1 - share) * nextQ, next)
                return (point, mass)
            }
            add(p: nextP, q: nextQ, cell: next, step: step)
            return nil
        }
    }
}
