/// A non-negative number with one integer limb and a chosen number of fraction limbs of 64 bits.
///
/// Every operation whose result is not exact names the direction in which it rounds, so that
/// enclosures stay enclosures. Operands of one operation have the same number of limbs.
struct FixedPoint: Sendable, Hashable {
    /// The limbs, least significant first; the last one is the integer part.
    private(set) var limbs: [UInt64]

    /// A whole number.
    init(_ value: UInt64, fractionLimbs: Int) {
        limbs = [UInt64](repeating: 0, count: fractionLimbs)
        limbs.append(value)
    }

    private init(limbs: [UInt64]) { self.limbs = limbs }

    /// `count` units of the last place.
    static func units(_ count: UInt64, fractionLimbs: Int) -> FixedPoint {
        var result = FixedPoint(0, fractionLimbs: fractionLimbs)
        result.limbs[0] = count
        return result
    }

    /// The fraction `value` / 2^`bits`, of at most 64 bits.
    static func fraction(_ value: UInt64, bits: Int, fractionLimbs: Int) -> FixedPoint {
        var result = FixedPoint(0, fractionLimbs: fractionLimbs)
        result.limbs[fractionLimbs - 1] = value << UInt64(64 - bits)
        return result
    }

    /// The sum with 2^-`bit`.
    func adding(bit: Int) -> FixedPoint {
        var unit = FixedPoint(0, fractionLimbs: fractionLimbs)
        unit.limbs[fractionLimbs - 1 - (bit - 1) / 64] = 1 << UInt64(63 - (bit - 1) % 64)
        unit += self
        return unit
    }

    /// The same number with more fraction limbs.
    func widened(to count: Int) -> FixedPoint {
        FixedPoint(limbs: [UInt64](repeating: 0, count: count - fractionLimbs) + limbs)
    }

    var fractionLimbs: Int { limbs.count - 1 }
    var isZero: Bool { limbs.allSatisfy { $0 == 0 } }

    /// The first 63 bits after the binary point.
    var leadingFractionBits: UInt64 { limbs[fractionLimbs - 1] >> 1 }

    /// Whether the number is at least 1.
    var reachesOne: Bool { limbs[fractionLimbs] != 0 }

    static func < (left: FixedPoint, right: FixedPoint) -> Bool {
        for index in left.limbs.indices.reversed() where left.limbs[index] != right.limbs[index] {
            return left.limbs[index] < right.limbs[index]
        }
        return false
    }

    static func <= (left: FixedPoint, right: FixedPoint) -> Bool { !(right < left) }

    static func += (left: inout FixedPoint, right: FixedPoint) {
        var carry: UInt64 = 0
        for index in left.limbs.indices {
            let (partial, first) = left.limbs[index].addingReportingOverflow(right.limbs[index])
            let (sum, second) = partial.addingReportingOverflow(carry)
            left.limbs[index] = sum
            carry = first || second ? 1 : 0
        }
    }

    /// Takes `right` off, or everything where `right` is larger.
    static func -= (left: inout FixedPoint, right: FixedPoint) {
        guard right <= left else {
            left = FixedPoint(0, fractionLimbs: left.fractionLimbs)
            return
        }
        var borrow: UInt64 = 0
        for index in left.limbs.indices {
            let (partial, first) = left.limbs[index].subtractingReportingOverflow(
                right.limbs[index])
            let (difference, second) = partial.subtractingReportingOverflow(borrow)
            left.limbs[index] = difference
            borrow = first || second ? 1 : 0
        }
    }

    /// The exact product with a whole number; the integer part must not overflow.
    func multiplied(by factor: UInt64) -> FixedPoint {
        var result = limbs
        var carry: UInt64 = 0
        for index in limbs.indices {
            let (high, low) = limbs[index].multipliedFullWidth(by: factor)
            let (sum, overflow) = low.addingReportingOverflow(carry)
            result[index] = sum
            carry = high + (overflow ? 1 : 0)
        }
        return FixedPoint(limbs: result)
    }

    /// The quotient by a whole number other than 0, rounded down.
    func divided(by divisor: UInt64) -> FixedPoint {
        var result = limbs
        var remainder: UInt64 = 0
        for index in limbs.indices.reversed() {
            (result[index], remainder) = divisor.dividingFullWidth((remainder, limbs[index]))
        }
        return FixedPoint(limbs: result)
    }

    enum Rounding { case down, up }

    /// The product; the integer part must not overflow.
    func multiplied(by other: FixedPoint, rounding: Rounding) -> FixedPoint {
        let count = limbs.count
        var product = [UInt64](repeating: 0, count: 2 * count)
        for row in 0..<count where limbs[row] != 0 {
            var carry: UInt64 = 0
            for column in 0..<count {
                let (high, low) = limbs[row].multipliedFullWidth(by: other.limbs[column])
                let (partial, first) = low.addingReportingOverflow(carry)
                let (sum, second) = product[row + column].addingReportingOverflow(partial)
                product[row + column] = sum
                carry = high &+ (first ? 1 : 0) &+ (second ? 1 : 0)
            }
            product[row + count] = carry
        }
        var inexact = false
        for index in 0..<count - 1 where product[index] != 0 { inexact = true }
        var result = FixedPoint(limbs: [UInt64](product[(count - 1)..<(2 * count - 1)]))
        if inexact && rounding == .up { result += .units(1, fractionLimbs: fractionLimbs) }
        return result
    }

    /// The reciprocal of a number above 1, bit by bit.
    func reciprocal(rounding: Rounding) -> FixedPoint {
        var quotient = FixedPoint(0, fractionLimbs: fractionLimbs)
        var remainder = FixedPoint(1, fractionLimbs: fractionLimbs)
        for bit in (0..<64 * fractionLimbs).reversed() {
            remainder += remainder
            if self <= remainder {
                remainder -= self
                quotient.limbs[bit / 64] |= 1 << UInt64(bit % 64)
            }
        }
        if !remainder.isZero && rounding == .up {
            quotient += .units(1, fractionLimbs: fractionLimbs)
        }
        return quotient
    }
}

/// Two numbers between which a third one is known to lie.
struct Enclosure: Sendable, Hashable {
    var lower: FixedPoint
    var upper: FixedPoint

    func multiplied(by other: Enclosure) -> Enclosure {
        Enclosure(
            lower: lower.multiplied(by: other.lower, rounding: .down),
            upper: upper.multiplied(by: other.upper, rounding: .up))
    }
}
