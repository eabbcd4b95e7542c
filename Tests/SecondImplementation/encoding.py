"""From a real vector to elements of the ring: private-sum.md sections 0 ("Rotation", "Sketch") and 3 ("Encode").

32-bit floats are emulated: sums and products of two of them are computed in double precision and rounded, which
gives the correctly rounded result, as 53 >= 2 * 24 + 2.
"""

import math
import os
import struct

from messages import Refused
from noise import samples
from parameters import public_key_of_stream
from primitives import keystream


def single(values):
    """The nearest 32-bit floats."""
    try:
        form = "<%df" % len(values)
        return list(struct.unpack(form, struct.pack(form, *values)))
    except OverflowError:
        raise Refused("a value is too large for a 32-bit float")


def _words(key, count, block=0):
    return struct.unpack("<%dI" % count, keystream(key, 4 * count, block=block))


# Compress


def sketch(vector, d, session):
    words = _words(public_key_of_stream("covey count sketch", session), 2 * len(vector))
    buckets = [0.0] * d
    for j, value in enumerate(vector):
        bucket = words[2 * j] * d >> 32
        buckets[bucket] += -value if words[2 * j + 1] & 1 else value
    return single(buckets)


# Clip


def clip(vector, c):
    norm = math.sqrt(math.fsum(value * value for value in vector))
    if norm <= c:
        return list(vector)
    factor = c / norm
    return single([value * factor for value in vector])


# Rotate


def _hadamard(values):
    """The unnormalised Walsh-Hadamard transform."""
    half = 1
    while half < len(values):
        for place in range(0, len(values), 2 * half):
            left, right = values[place : place + half], values[place + half : place + 2 * half]
            values[place : place + half] = [x + y for x, y in zip(left, right)]
            values[place + half : place + 2 * half] = [x - y for x, y in zip(left, right)]
        values = single(values)
        half *= 2
    return values


def passes(d, session):
    """For each pass its place, and its signs as booleans that are true where a sign changes."""
    p = 1 << d.bit_length() - 1
    places = [0] if p == d else [0, d - p]
    count = (p + 31) // 32
    blocks = (count + 15) // 16
    key = public_key_of_stream("covey rotation", session)
    result = []
    for number, place in enumerate(places):
        words = _words(key, count, block=number * blocks)
        result.append((place, [words[j // 32] >> j % 32 & 1 == 1 for j in range(p)]))
    return result


def rotate(vector, session):
    vector = list(vector)
    for place, signs in passes(len(vector), session):
        (factor,) = single([1 / math.sqrt(len(signs))])
        piece = vector[place : place + len(signs)]
        piece = single([value * (-factor if sign else factor) for value, sign in zip(piece, signs)])
        vector[place : place + len(signs)] = _hadamard(piece)
    return vector


def rotate_back(vector, session):
    """The inverse (section 6), for tests."""
    vector = list(vector)
    for place, signs in reversed(passes(len(vector), session)):
        (factor,) = single([1 / math.sqrt(len(signs))])
        piece = _hadamard(vector[place : place + len(signs)])
        piece = single([value * (-factor if sign else factor) for value, sign in zip(piece, signs)])
        vector[place : place + len(signs)] = piece
    return vector


# Round


def largest_squared_norm(c, gamma, d):
    """floor((D2 / gamma)^2), in units of the ring."""
    ratio = c / gamma
    return math.floor(min((ratio + math.sqrt(d)) ** 2, ratio * ratio + d / 4 + ratio + math.sqrt(d) / 2))


def round_at_random(values, limit):
    """Rounds up with the probability of the fractional part, until the squared norm is within the limit."""
    floors = [math.floor(value) for value in values]
    fractions = [value - low for value, low in zip(values, floors)]
    while True:
        words = struct.unpack("<%dQ" % len(values), os.urandom(8 * len(values)))
        rounded = [
            low + ((word >> 11) < fraction * (1 << 53)) for low, fraction, word in zip(floors, fractions, words)
        ]
        if sum(value * value for value in rounded) <= limit:
            return rounded


# All of it


def encode(vector, plan, session, noise_seeds):
    """The elements modulo 2^b of a vector of floats, with all of its noise."""
    if not all(math.isfinite(value) for value in vector):
        raise Refused("the vector has values that are not finite")
    values = single(vector)
    if plan.m != plan.d:
        values = sketch(values, plan.d, session)
    values = rotate(clip(values, plan.c), session)
    limit = largest_squared_norm(plan.c, plan.gamma, plan.d)
    total = round_at_random([value / plan.gamma for value in values], limit)
    unit = plan.scaled_variance
    noises = [(plan.b0 * unit, os.urandom(32))] + [(unit << j, seed) for j, seed in enumerate(noise_seeds)]
    for scaled_variance, seed in noises:
        try:
            noise = samples(plan.family, scaled_variance, seed, plan.d)
        except ValueError as problem:
            raise Refused(str(problem))
        total = [value + more for value, more in zip(total, noise)]
    return [value % (1 << plan.b) for value in total]
