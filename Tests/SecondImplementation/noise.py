"""Noise that is the same for everybody who has its seed: private-sum.md section 3, "Noise from a seed".

A table holds P(|X| <= m) for every m up to where it can no longer be told from 1. Its entries are integers of
`precision` bits behind the binary point with a proven bound on their error, so that the first 31, 63, 126, ...
bits of the true number are known; where the bound does not settle them, the table is made again with twice
the precision.

Both distributions come from the ratios P(x + 1) / P(x), which fall as x grows:
- discrete Gaussian: exp(-(2x + 1) / (2 s)), by repeated multiplication;
- Skellam: I_(x+1)(s) / I_x(s), by the recurrence I_(x-1) = I_(x+1) + (2 x / s) I_x (DLMF 10.29.1) as a continued
  fraction from far above, in interval arithmetic.
Variances are given in units of 2^-16, up to 2^24.
"""

import math
import struct
from bisect import bisect_left
from functools import lru_cache

from primitives import KeyStream, keystream

DISCRETE_GAUSSIAN = "discreteGaussian"
SKELLAM = "skellam"
LARGEST_SCALED_VARIANCE = 1 << 24 + 16

_SECOND_NONCE = bytes(11) + b"\x01"


def exponential(numerator, denominator, precision):
    """exp(-numerator / denominator) in units of 2^-precision, within one unit of the true value.

    The argument is halved h times until it is at most 1/2, so that the series converges; then the result
    is squared h times. Of the 64 additional bits, a few more than h are lost.
    """
    halvings = max(0, (2 * numerator // denominator).bit_length())
    denominator <<= halvings
    digits = precision + 64
    term = total = 1 << digits
    count = 0
    while term:
        count += 1
        # Rounded down, each term is less than two units from the true one; signs alternate.
        term = term * numerator // (denominator * count)
        total += -term if count & 1 else term
    assert (2 * count + 2) << halvings + 2 < 1 << 64
    for _ in range(halvings):
        total = total * total >> digits
    return min(total >> 64, 1 << precision)


def _gaussian_ratios(scaled_variance, precision):
    """Ratios without end, and what bounds the error of the first `count` of them, in units of 2^-precision."""
    first = exponential(1 << 15, scaled_variance, precision)
    square = first * first >> precision

    def ratios():
        ratio = first
        while True:
            yield ratio
            ratio = ratio * square >> precision

    # The first is wrong by at most 1, its square by 3; a product of factors up to 1 adds their errors and 1.
    return ratios(), lambda count: 1 + 4 * count


def _skellam_ratios(scaled_variance, precision):
    variance = scaled_variance / 65536
    # How far the table goes, and from where the recurrence must come to have forgotten its start. This is
    # only an estimate: the intervals below say what was achieved.
    bits, last = 0.0, 0
    while bits > -precision - 16:
        bits += math.log2(variance / (last + 0.5 + math.hypot(last + 0.5, variance)))
        last += 1
    start, bits = last, 0.0
    while bits > -precision - 16:
        bits += 2 * math.log2(variance / (start + 0.5 + math.hypot(start + 0.5, variance)))
        start += 1

    low, high = 0, 1 << precision
    above = scaled_variance << 2 * precision
    found, error = [], 0
    for k in range(start, 0, -1):
        # r_(k-1) = 1 / (2 k / s + r_k)
        step = k << 17 + precision
        low, high = above // (step + scaled_variance * high), -(-above // (step + scaled_variance * low))
        high = min(high, 1 << precision)
        if k <= last:
            found.append(low)
            error = max(error, high - low)
    found.reverse()
    return iter(found), lambda count: error


class Table:
    """P(|X| <= m) for m = 0, 1, ..., with a bound for the error."""

    def __init__(self, family, scaled_variance, precision):
        make = {DISCRETE_GAUSSIAN: _gaussian_ratios, SKELLAM: _skellam_ratios}[family]
        ratios, ratio_error = make(scaled_variance, precision)
        weight = total = 1 << precision
        sums = [total]
        ratio = 0
        for ratio in ratios:
            weight = weight * ratio >> precision
            if not weight:
                break
            total += 2 * weight
            sums.append(total)
        count = len(sums)
        error = ratio_error(count)
        # Each weight adds a ratio's error and 1; each sum adds that of its weights, twice.
        weight_error = count * (error + 1)
        sum_error = 2 * count * weight_error
        # Behind the last, weights fall at least like a geometric series.
        gap = (1 << precision) - ratio - error
        assert gap > 0
        tail = 2 * ((weight + weight_error) << precision) // gap + 1
        self.precision = precision
        self.error = 2 * sum_error + tail + 2
        self.values = [(value << precision) // total for value in sums]
        # Behind its end, the table's numbers differ from 1 by no more than its error.
        self.values.append(1 << precision)

    def leading(self, place, bits):
        """The first bits of P(|X| <= place), or None if they are not known."""
        shift = self.precision - bits
        if shift <= 0:
            return None
        value = self.values[place]
        low = value - self.error >> shift
        high = min(value + self.error >> shift, (1 << bits) - 1)
        return low if low == high else None


class Magnitudes:
    """The inverse of P(|X| <= m), to as many bits as are asked for."""

    def __init__(self, family, scaled_variance):
        self._family, self._scaled_variance = family, scaled_variance
        self._precision = 256
        self._make()

    def _make(self):
        while True:
            self._table = Table(self._family, self._scaled_variance, self._precision)
            self.first31 = [self._table.leading(m, 31) for m in range(len(self._table.values))]
            if None not in self.first31:
                return
            self._precision *= 2

    def search(self, u, bits):
        """The smallest m with u < P(|X| <= m), and whether the bits suffice to say so."""
        while True:
            found = self._search(u, bits)
            if found is not None:
                return found
            self._precision *= 2
            self._make()

    def _search(self, u, bits):
        low, high = 0, len(self._table.values) - 1
        while low < high:
            middle = (low + high) // 2
            value = self._table.leading(middle, bits)
            if value is None:
                return None
            if value < u:
                low = middle + 1
            else:
                high = middle
        # `low` is the first whose bits are not below those of u.
        value = self._table.leading(low, bits)
        return None if value is None else (low, value != u)


@lru_cache(maxsize=64)
def magnitudes(family, scaled_variance):
    return Magnitudes(family, scaled_variance)


def samples(family, scaled_variance, seed, count):
    """`count` samples of variance scaled_variance / 2^16."""
    if family not in (DISCRETE_GAUSSIAN, SKELLAM) or len(seed) != 32 or count < 0:
        raise ValueError("no such noise")
    if not 0 <= scaled_variance <= LARGEST_SCALED_VARIANCE:
        raise ValueError("the variance is out of range")
    if scaled_variance == 0:
        return [0] * count
    table = magnitudes(family, scaled_variance)
    first31 = table.first31
    further = KeyStream(seed, _SECOND_NONCE)
    result = []
    for word in struct.unpack("<%dI" % count, keystream(seed, 4 * count)):
        u = word >> 1
        m = bisect_left(first31, u)
        if first31[m] == u:
            m = _decide(table, u, further)
        result.append(-m if word & 1 else m)
    return result


def _decide(table, u, further):
    """The magnitude for a U of which the first 31 bits do not suffice."""
    bits = 63
    u = u << 32 | further.word64() >> 32
    while True:
        m, decided = table.search(u, bits)
        if decided:
            return m
        for _ in range(bits):
            u = u << 1 | further.word64() & 1
        bits *= 2
