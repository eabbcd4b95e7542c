"""Shamir's secret sharing over the field of order 2^61 - 1: private-sum.md section 2, "Shamir shares".

A secret of 32 bytes is five limbs of 52 bits, each the constant term of a polynomial of degree t - 1; device
j's share is the five values at j + 1.
"""

PRIME = (1 << 61) - 1
LIMBS = 5
LIMB_BITS = 52
SHARE_SIZE = 8 * LIMBS


def limbs(secret):
    number = int.from_bytes(secret, "little")
    return [number >> LIMB_BITS * place & ((1 << LIMB_BITS) - 1) for place in range(LIMBS)]


def field_element(word64):
    """A uniform field element from 64 bits; None where another word has to be drawn."""
    value = word64() >> 3
    return value if value < PRIME else None


def draw_element(word64):
    while True:
        value = field_element(word64)
        if value is not None:
            return value


def split(secrets, threshold, devices, word64):
    """The shares of all secrets: for each device a list with 40 bytes for each secret.

    Coefficients are drawn from `word64`, a function that gives 64 bits: those of the highest degree for all
    polynomials, then those of the next, down to degree 1.
    """
    constants = [limb for secret in secrets for limb in limbs(secret)]
    rows = [[draw_element(word64) for _ in constants] for _ in range(threshold - 1)] + [constants]
    shares = {}
    for device in devices:
        point = device + 1
        values = [0] * len(constants)
        for row in rows:
            values = [(value * point + coefficient) % PRIME for value, coefficient in zip(values, row)]
        data = b"".join(value.to_bytes(8, "little") for value in values)
        shares[device] = [data[place : place + SHARE_SIZE] for place in range(0, len(data), SHARE_SIZE)]
    return shares


def values(share):
    return [int.from_bytes(share[place : place + 8], "little") for place in range(0, len(share), 8)]


def is_in_field(share):
    return all(value < PRIME for value in values(share))


def restore(shares):
    """The secret from t shares by device (what a coordinator does), or None if they are not those of one."""
    points = [device + 1 for device in shares]
    number = 0
    weights = {}
    for point in points:
        above = below = 1
        for other in points:
            if other != point:
                above = above * other % PRIME
                below = below * (other - point) % PRIME
        weights[point - 1] = above * pow(below, PRIME - 2, PRIME) % PRIME
    for place in range(LIMBS):
        limb = sum(weights[device] * values(share)[place] for device, share in shares.items()) % PRIME
        if limb >> LIMB_BITS:
            return None
        number |= limb << LIMB_BITS * place
    return number.to_bytes(32, "little") if number < 1 << 256 else None
