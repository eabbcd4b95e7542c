"""The primitives that the private sum is built on, in plain Python.

- `keystream`, `KeyStream`: the ChaCha20 block function of RFC 8439 section 2.3
- `hchacha20`, `seal`, `open_sealed`: XChaCha20-Poly1305, draft-irtf-cfrg-xchacha-03 sections 2.2 and 2.3
- `poly1305`: RFC 8439 section 2.5
- `x25519`: RFC 7748 section 5
- `ed25519_public_key`, `ed25519_sign`, `ed25519_is_valid`: RFC 8032 section 5.1
- `labelled_hash`, `number8`: protocol/README.md, "Conventions"
- `stands_in_tree`: inclusion paths of RFC 9162 section 2.1.3.2, with BLAKE2b

Nothing here runs in constant time: it is made for comparing implementations, not for protecting people.
"""

import hashlib
import hmac
import struct


# Hashes


def blake2b(data):
    return hashlib.blake2b(data, digest_size=32).digest()


def number8(value):
    """A number as hashes take it: 8 bytes, least significant first."""
    return value.to_bytes(8, "little")


def labelled_hash(label, data):
    """H(label, x): the label's length in 8 bytes, the label in ASCII, and x."""
    name = label.encode("ascii")
    return blake2b(number8(len(name)) + name + data)


def tree_leaf(data):
    return blake2b(b"\x00" + data)


def tree_node(left, right):
    return blake2b(b"\x01" + left + right)


def stands_in_tree(data, index, size, path, root):
    """Whether `path` shows that `data` is leaf `index` of the tree of `size` leaves (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, value = index, size - 1, tree_leaf(data)
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            value = tree_node(sibling, value)
            while place and not place & 1:
                place >>= 1
                last >>= 1
        else:
            value = tree_node(value, sibling)
        place >>= 1
        last >>= 1
    return last == 0 and value == root


# ChaCha20

_CONSTANTS = struct.unpack("<4I", b"expand 32-byte k")
_QUARTERS = (
    (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
    (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14),
)
_MOST_LANES = 256


def _chacha_rounds(state, mask):
    """The 20 rounds, without the final addition, on many blocks at once.

    Each of the 16 words is one long integer with a lane of 64 bits per block: the upper half of every lane
    is zero, and takes what an addition or a shift carries out before the mask removes it.
    """
    x = list(state)
    for _ in range(10):
        for a, b, c, d in _QUARTERS:
            p, q, r, s = x[a], x[b], x[c], x[d]
            p = (p + q) & mask
            s = (s ^ p) << 16
            s = (s | s >> 32) & mask
            r = (r + s) & mask
            q = (q ^ r) << 12
            q = (q | q >> 32) & mask
            p = (p + q) & mask
            s = (s ^ p) << 8
            s = (s | s >> 32) & mask
            r = (r + s) & mask
            q = (q ^ r) << 7
            q = (q | q >> 32) & mask
            x[a], x[b], x[c], x[d] = p, q, r, s
    return x


def _blocks(key, nonce, first, lanes):
    ones = ((1 << 64 * lanes) - 1) // ((1 << 64) - 1)
    mask = 0xFFFFFFFF * ones
    words = struct.unpack("<8I", key) + (0,) + struct.unpack("<3I", nonce)
    state = [word * ones for word in _CONSTANTS + words]
    # The counter may run on into the next word, as in the original ChaCha20: with a zero nonce both are one.
    start = first + (words[9] << 32)
    counters = [(start + lane) & 0xFFFFFFFFFFFFFFFF for lane in range(lanes)]
    for place, shift in ((12, 0), (13, 32)):
        column = struct.pack("<%dQ" % lanes, *[(counter >> shift) & 0xFFFFFFFF for counter in counters])
        state[place] = int.from_bytes(column, "little")
    mixed = _chacha_rounds(state, mask)
    out = [0] * (16 * lanes)
    for place in range(16):
        column = ((mixed[place] + state[place]) & mask).to_bytes(8 * lanes, "little")
        out[place::16] = struct.unpack("<%dI" % (2 * lanes), column)[::2]
    return struct.pack("<%dI" % len(out), *out)


def keystream(key, length, nonce=bytes(12), block=0):
    """The first `length` bytes of the ChaCha20 keystream from `block` on."""
    parts = []
    missing = -(-length // 64)
    while missing > 0:
        lanes = min(missing, _MOST_LANES)
        parts.append(_blocks(key, nonce, block, lanes))
        block += lanes
        missing -= lanes
    return b"".join(parts)[:length]


class KeyStream:
    """A keystream that is read piece by piece."""

    def __init__(self, key, nonce=bytes(12), block=0):
        self._key, self._nonce, self._block = key, nonce, block
        self._buffer, self._place, self._lanes = b"", 0, 1

    def read(self, length):
        parts, missing = [], length
        while True:
            piece = self._buffer[self._place : self._place + missing]
            parts.append(piece)
            self._place += len(piece)
            missing -= len(piece)
            if missing == 0:
                return b"".join(parts)
            self._buffer = _blocks(self._key, self._nonce, self._block, self._lanes)
            self._block += self._lanes
            self._place = 0
            self._lanes = min(2 * self._lanes, _MOST_LANES)

    def word64(self):
        return int.from_bytes(self.read(8), "little")


# XChaCha20-Poly1305


def hchacha20(key, nonce):
    """The subkey for the first 16 bytes of a nonce (draft-irtf-cfrg-xchacha-03, section 2.2)."""
    state = _CONSTANTS + struct.unpack("<8I", key) + struct.unpack("<4I", nonce)
    x = _chacha_rounds(state, 0xFFFFFFFF)
    return struct.pack("<8I", *(x[:4] + x[12:]))


def poly1305(key, message):
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for place in range(0, len(message), 16):
        piece = message[place : place + 16] + b"\x01"
        total = (total + int.from_bytes(piece, "little")) * r % ((1 << 130) - 5)
    return ((total + int.from_bytes(key[16:32], "little")) & ((1 << 128) - 1)).to_bytes(16, "little")


def _padded(data):
    return data + bytes(-len(data) % 16)


def _subkey_and_nonce(key, nonce):
    if len(key) != 32 or len(nonce) != 24:
        raise ValueError("a key has 32 bytes, a nonce 24")
    return hchacha20(key, nonce[:16]), bytes(4) + nonce[16:]


def _tag(subkey, short, ciphertext, associated):
    lengths = number8(len(associated)) + number8(len(ciphertext))
    return poly1305(keystream(subkey, 32, short), _padded(associated) + _padded(ciphertext) + lengths)


def _exclusive_or(left, right):
    return bytes(a ^ b for a, b in zip(left, right))


def seal(key, nonce, plaintext, associated):
    """Ciphertext and tag."""
    subkey, short = _subkey_and_nonce(key, nonce)
    ciphertext = _exclusive_or(plaintext, keystream(subkey, len(plaintext), short, block=1))
    return ciphertext + _tag(subkey, short, ciphertext, associated)


def open_sealed(key, nonce, sealed, associated):
    """The plaintext, or None if the tag is wrong."""
    if len(sealed) < 16:
        return None
    subkey, short = _subkey_and_nonce(key, nonce)
    ciphertext, tag = sealed[:-16], sealed[-16:]
    if not hmac.compare_digest(tag, _tag(subkey, short, ciphertext, associated)):
        return None
    return _exclusive_or(ciphertext, keystream(subkey, len(ciphertext), short, block=1))


# X25519

_P = (1 << 255) - 19
X25519_BASE = (9).to_bytes(32, "little")


def _ladder(scalar, u):
    """The Montgomery ladder of RFC 7748 section 5, for any scalar."""
    x1 = u
    x2, z2, x3, z3, swapped = 1, 0, u, 1, 0
    for place in range(254, -1, -1):
        bit = scalar >> place & 1
        if swapped ^ bit:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swapped = bit
        a, b = x2 + z2, x2 - z2
        aa, bb = a * a % _P, b * b % _P
        e = aa - bb
        da, cb = (x3 - z3) * a % _P, (x3 + z3) * b % _P
        x3 = (da + cb) ** 2 % _P
        z3 = x1 * (da - cb) ** 2 % _P
        x2 = aa * bb % _P
        z2 = e * (aa + 121665 * e) % _P
    if swapped:
        x2, z2 = x3, z3
    return x2 * pow(z2, _P - 2, _P) % _P


def _coordinate(public_key):
    return (int.from_bytes(public_key, "little") & ((1 << 255) - 1)) % _P


def x25519(secret_key, public_key=X25519_BASE):
    """The shared point, all zero if the public key is weak; the public key, if none is given."""
    scalar = int.from_bytes(secret_key, "little")
    scalar = scalar & ((1 << 254) - 8) | 1 << 254
    return _ladder(scalar, _coordinate(public_key)).to_bytes(32, "little")


def x25519_is_weak(public_key):
    """Whether the point has low order, on the curve or on its twist: eight times the point is then zero."""
    return _ladder(8, _coordinate(public_key)) == 0


# Ed25519. Points are (X, Y, Z, T) with x = X/Z, y = Y/Z, x y = T/Z.

_L = (1 << 252) + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT_OF_MINUS_ONE = pow(2, (_P - 1) // 4, _P)
_NEUTRAL = (0, 1, 1, 0)


def _add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % _P
    b = (p[1] + p[0]) * (q[1] + q[0]) % _P
    c = 2 * p[3] * q[3] * _D % _P
    d = 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(scalar, point):
    result = _NEUTRAL
    for place in range(scalar.bit_length() - 1, -1, -1):
        result = _add(result, result)
        if scalar >> place & 1:
            result = _add(result, point)
    return result


def _compress(point):
    inverse = pow(point[2], _P - 2, _P)
    x, y = point[0] * inverse % _P, point[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _decompress(data):
    """The point, or None if there is none or if it is not in its only canonical form."""
    number = int.from_bytes(data, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    if y >= _P:
        return None
    u, v = (y * y - 1) % _P, (_D * y * y + 1) % _P
    x = u * pow(v, 3, _P) * pow(u * pow(v, 7, _P), (_P - 5) // 8, _P) % _P
    if v * x * x % _P != u:
        x = x * _ROOT_OF_MINUS_ONE % _P
    if v * x * x % _P != u or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = _P - x
    return x, y, 1, x * y % _P


def _has_small_order(point):
    eightfold = _times(8, point)
    return eightfold[0] == 0 and eightfold[1] == eightfold[2]


_BASE = _decompress((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little"))


def _hash_to_scalar(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % _L


def _expand(seed):
    digest = hashlib.sha512(seed).digest()
    return int.from_bytes(digest[:32], "little") & ((1 << 254) - 8) | 1 << 254, digest[32:]


def ed25519_public_key(seed):
    return _compress(_times(_expand(seed)[0], _BASE))


def ed25519_sign(seed, message):
    scalar, prefix = _expand(seed)
    public_key = _compress(_times(scalar, _BASE))
    nonce = _hash_to_scalar(prefix, message)
    commitment = _compress(_times(nonce, _BASE))
    response = (nonce + _hash_to_scalar(commitment, public_key, message) * scalar) % _L
    return commitment + response.to_bytes(32, "little")


def ed25519_is_valid(public_key, message, signature):
    """The strict, cofactorless check: canonical forms only, no points of small order."""
    if len(public_key) != 32 or len(signature) != 64:
        return False
    point = _decompress(public_key)
    response = int.from_bytes(signature[32:], "little")
    if point is None or response >= _L or _has_small_order(point):
        return False
    challenge = _hash_to_scalar(signature[:32], public_key, message)
    negative = (_P - point[0], point[1], 1, _P - point[3])
    commitment = _add(_times(response, _BASE), _times(challenge, negative))
    return not _has_small_order(commitment) and _compress(commitment) == signature[:32]
