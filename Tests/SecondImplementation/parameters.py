"""Public parameters and what follows from them: private-sum.md section 0, and parameters.md, "The neighbour graph".

`Plan` is what a device agreed to; `Parameters` are those of one masked sum. Both have a digest. The names
of the fields are those of the specification.
"""

import math
import struct
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from messages import Refused
from noise import DISCRETE_GAUSSIAN, SKELLAM
from primitives import KeyStream, labelled_hash, number8, stands_in_tree

_FAMILIES = {DISCRETE_GAUSSIAN: 0, SKELLAM: 1}


# Public randomness


def public_stream(label, seed):
    return KeyStream(public_key_of_stream(label, seed))


def public_key_of_stream(label, seed):
    return labelled_hash(label, number8(len(seed)) + seed)


def draw_below(bound, stream):
    largest = (1 << 64) - 1 - (1 << 64) % bound
    while True:
        word = stream.word64()
        if word <= largest:
            return word % bound


@lru_cache(maxsize=8)
def permutation(label, seed, n):
    stream = public_stream(label, seed)
    places = list(range(n))
    for i in range(n - 1, 0, -1):
        other = draw_below(i + 1, stream)
        places[i], places[other] = places[other], places[i]
    return tuple(places)


# The plan


@dataclass(frozen=True)
class Plan:
    m: int
    d: int
    family: str
    n: int
    u: int
    b: int
    q: int
    b0: int
    T: int
    e: int
    c: float
    gamma: float
    v: float

    def digest(self):
        first = (self.m, self.d, _FAMILIES[self.family], self.n, self.u, self.b, self.q, self.b0, self.T, self.e)
        numbers = b"".join(number8(value) for value in first)
        return labelled_hash("covey private sum", numbers + struct.pack("<3d", self.c, self.gamma, self.v))

    @property
    def scaled_variance(self):
        """The variance of one unit of noise in multiples of 2^-16."""
        return int(self.v * 65536)

    def check(self):
        if self.family not in _FAMILIES:
            raise Refused("the family of the noise is unknown")
        if not 1 <= self.m <= 1 << 30:
            raise Refused("the number of coordinates is out of range")
        if not all(math.isfinite(value) for value in (self.c, self.gamma, self.v)):
            raise Refused("a real parameter is not finite")
        if self.c <= 0 or self.gamma <= 0 or self.v < 0:
            raise Refused("a real parameter is out of range")
        if not (self.v * 65536).is_integer():
            raise Refused("the variance is not a multiple of 2^-16")


# The parameters of a sum


@dataclass(frozen=True)
class Parameters:
    session: bytes
    roster_root: bytes
    purpose: bytes
    round: int
    n: int
    d: int
    b: int
    k: int
    t: int
    w: int
    C: int
    Q: int
    u: int
    q: int
    b0: int
    T: int
    e: int

    def digest(self):
        numbers = (
            self.round, self.n, self.d, self.b, self.k, self.t, self.w, self.C, self.Q, self.u, self.q, self.b0,
            self.T, self.e,
        )
        return labelled_hash(
            "covey masked sum",
            self.session + self.roster_root + self.purpose + b"".join(number8(value) for value in numbers),
        )

    def check(self):
        """Refuses what lies outside the ranges of section 0, and what cannot be carried out."""
        if not (len(self.session) == len(self.roster_root) == len(self.purpose) == 32):
            raise Refused("the session, the roster root or the plan digest has another length")
        ranges = (
            ("round", self.round, 0, (1 << 64) - 1),
            ("cohort", self.n, 2, 1 << 20),
            ("vector length", self.d, 1, 1 << 30),
            ("modulus", self.b, 1, 32),
            ("degree", self.k, 1, self.n - 1),
            ("threshold", self.t, 1, self.k),
            ("window", self.w, 0, self.k // 2 if self.k < self.n - 1 else 0),
            ("committee", self.C, 1, self.n),
            ("quorum", self.Q, 1, self.C),
            ("fewest survivors", self.u, 2, self.n),
            ("number of components", self.q, 0, 8),
            ("units that stay", self.b0, 1, 1 << 24),
            ("units kept together", self.T, 0, (1 << 63) - 1),
            ("devices that do not count", self.e, 0, self.u - 1),
        )
        for name, value, least, most in ranges:
            if not least <= value <= most:
                raise Refused("the %s is out of range" % name)
        if self.k < self.n - 1 and self.k % 2:
            raise Refused("the degree is odd, and the graph not complete")
        # With all there, nobody keeps less than b0 units; with the fewest survivors, nobody more than all.
        least, most = self.b0 * (self.n - self.e), (self.b0 + (1 << self.q) - 1) * (self.u - self.e)
        without = (self.q, self.b0, self.T, self.e) == (0, 1, 0, 0)
        if not without and not least <= self.T <= most:
            raise Refused("the units kept together are fewer than stay, or more than there are")

    def check_against(self, plan):
        plan.check()
        if plan.digest() != self.purpose:
            raise Refused("the plan digest is that of another plan")
        for name in ("n", "d", "b", "u", "q", "b0", "T", "e"):
            if getattr(plan, name) != getattr(self, name):
                raise Refused("the parameters are those of another plan: %s" % name)

    def check_protection(self, share):
        """Noise, graph and committee, where at most a share of the cohort is corrupt."""
        corrupt = math.ceil(share * self.n)
        if self.u < corrupt + 2:
            raise Refused("the survivors may leave a device alone among the corrupt")
        if (self.q, self.b0, self.T, self.e) != (0, 1, 0, 0) and self.e <= corrupt:
            raise Refused("the devices whose noise does not count are no more than are assumed to be corrupt")
        if not graph_protects(self.n, corrupt, self.k, self.t, self.w):
            raise Refused("the graph does not protect against the assumed share of corrupt devices")
        # Honest members sign one set only: for two sets with Q signatures each, the corrupt among the C must
        # be at least 2 Q - C.
        if not _is_rare(_tail(self.n, corrupt, self.C, 2 * self.Q - self.C)):
            raise Refused("the committee does not protect against the assumed share of corrupt devices")

    # Graph, committee, roster

    @property
    def ring(self):
        return permutation("covey neighbour graph", self.session + self.roster_root, self.n)

    def neighbours(self, device):
        if self.k == self.n - 1:
            return frozenset(range(self.n)) - {device}
        ring, half = self.ring, self.k // 2
        place = ring.index(device)
        return frozenset(ring[(place + step) % self.n] for step in range(-half, half + 1) if step)

    def fill_windows(self, survivors):
        """Whether each window has w survivors or more."""
        if self.w == 0:
            return True
        survivors, ring, half = set(survivors), self.ring, self.k // 2
        present = [device in survivors for device in ring]
        # present[end - half] for the first places counts from the end of the ring.
        inside = sum(present[-half:])
        for end in range(self.n):
            inside += present[end] - present[end - half]
            if inside < self.w:
                return False
        return True

    @property
    def committee(self):
        return frozenset(permutation("covey committee", self.session + self.roster_root, self.n)[: self.C])

    def is_in_roster(self, member):
        return stands_in_tree(member.identity, member.device, self.n, member.path, self.roster_root)

    # Noise

    def kept_components(self, survivors):
        """For each survivor in ascending order, the set of components that it keeps (section 5)."""
        s = len(survivors)
        r = max(self.b0, self.T // (s - self.e))
        x = self.T - r * (s - self.e)
        more = min(x + self.e, s) if x > 0 else 0
        kept = {}
        for place, device in enumerate(sorted(survivors)):
            additional = r + (place < more) - self.b0
            kept[device] = frozenset(j for j in range(self.q) if additional >> j & 1)
        return kept


def _tail(population, marked, drawn, least):
    """P[Hyp(population, marked, drawn) >= least]."""
    ways = sum(
        math.comb(marked, count) * math.comb(population - marked, drawn - count)
        for count in range(max(least, 0), min(marked, drawn) + 1)
    )
    return Fraction(ways, math.comb(population, drawn))


def _is_rare(probability):
    return probability * (1 << 40) <= 1


def graph_protects(n, corrupt, k, t, w):
    """That no device has t corrupt neighbours and no window w corrupt devices; in a complete graph, that the corrupt
    are fewer than t."""
    if k == n - 1:
        return t > corrupt
    return _is_rare(n * _tail(n - 1, min(corrupt, n - 1), k, t)) and _is_rare(n * _tail(n, corrupt, k // 2, w))
