"""Tests of everything below the device. Vectors are from RFC 8439, RFC 7748, RFC 8032 and
draft-irtf-cfrg-xchacha-03; run with `python3 test_primitives.py`."""

import math
import os
import unittest
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import encoding
import messages
import noise
import parameters
import primitives
import sharing
from messages import Refused

COUNTING = bytes(range(32))


class CipherTests(unittest.TestCase):
    def test_block_function(self):
        # RFC 8439, 2.3.2
        stream = primitives.keystream(COUNTING, 64, bytes.fromhex("000000090000004a00000000"), block=1)
        self.assertEqual(
            stream.hex(),
            "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
            "d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e",
        )

    def test_zero_key(self):
        # RFC 8439, A.1, vectors 1 and 2
        stream = primitives.keystream(bytes(32), 128)
        first = "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
        second = "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed"
        self.assertEqual((stream[:32].hex(), stream[64:96].hex()), (first, second))

    def test_pieces(self):
        whole = primitives.keystream(COUNTING, 40000)
        stream = primitives.KeyStream(COUNTING)
        pieces = [stream.read(length) for length in (0, 1, 63, 64, 65, 1000, 38807)]
        self.assertEqual(b"".join(pieces), whole)
        self.assertEqual(primitives.keystream(COUNTING, 100, block=300), whole[19200:19300])

    def test_subkey(self):
        # draft-irtf-cfrg-xchacha-03, 2.2.1
        subkey = primitives.hchacha20(COUNTING, bytes.fromhex("000000090000004a0000000031415927"))
        self.assertEqual(subkey.hex(), "82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc")

    def test_authenticator(self):
        # RFC 8439, 2.5.2
        key = bytes.fromhex("85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b")
        tag = primitives.poly1305(key, b"Cryptographic Forum Research Group")
        self.assertEqual(tag.hex(), "a8061dc1305136c6c22b8baf0c0127a9")

    def test_seal(self):
        # draft-irtf-cfrg-xchacha-03, A.3.1
        plaintext = (
            b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
            b"sunscreen would be it."
        )
        associated = bytes.fromhex("50515253c0c1c2c3c4c5c6c7")
        key, nonce = bytes(range(0x80, 0xA0)), bytes(range(0x40, 0x58))
        sealed = primitives.seal(key, nonce, plaintext, associated)
        self.assertEqual(
            sealed.hex(),
            "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
            "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
            "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
            "21f9664c97637da9768812f615c68b13b52e"
            "c0875924c1c7987947deafd8780acf49",
        )
        self.assertEqual(primitives.open_sealed(key, nonce, sealed, associated), plaintext)
        for place in range(0, len(sealed), 7):
            forged = bytearray(sealed)
            forged[place] ^= 1
            self.assertIsNone(primitives.open_sealed(key, nonce, bytes(forged), associated))
        self.assertIsNone(primitives.open_sealed(key, nonce, sealed, associated + b"\x00"))


class CurveTests(unittest.TestCase):
    def test_shared_point(self):
        # RFC 7748, 5.2
        scalar = bytes.fromhex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4")
        point = bytes.fromhex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c")
        self.assertEqual(
            primitives.x25519(scalar, point).hex(),
            "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
        )
        self.assertEqual(
            primitives.x25519(primitives.X25519_BASE).hex(),
            "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079",
        )

    def test_agreement(self):
        left, right = os.urandom(32), os.urandom(32)
        self.assertEqual(
            primitives.x25519(left, primitives.x25519(right)), primitives.x25519(right, primitives.x25519(left))
        )

    def test_weak_keys(self):
        p = (1 << 255) - 19
        order8 = int.from_bytes(
            bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"), "little"
        )
        for number in (0, 1, p - 1, p, p + 1, order8):
            for high_bit in (0, 1 << 255):
                key = (number | high_bit).to_bytes(32, "little")
                self.assertTrue(primitives.x25519_is_weak(key))
                self.assertEqual(primitives.x25519(COUNTING, key), bytes(32))
        self.assertFalse(primitives.x25519_is_weak(primitives.X25519_BASE))

    def test_signatures(self):
        # RFC 8032, 7.1, tests 1 and 2
        vectors = (
            (
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
                "",
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                "d25bf5f0595bbe24655141438e7a100b",
            ),
            (
                "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
                "72",
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
                "387b2eaeb4302aeeb00d291612bb0c00",
            ),
        )
        for seed, public_key, message, signature in vectors:
            seed, public_key, message, signature = map(bytes.fromhex, (seed, public_key, message, signature))
            self.assertEqual(primitives.ed25519_public_key(seed), public_key)
            self.assertEqual(primitives.ed25519_sign(seed, message), signature)
            self.assertTrue(primitives.ed25519_is_valid(public_key, message, signature))
            self.assertFalse(primitives.ed25519_is_valid(public_key, message + b"x", signature))
            order = (1 << 252) + 27742317777372353535851937790883648493
            response = int.from_bytes(signature[32:], "little") + order
            malleated = signature[:32] + response.to_bytes(32, "little")
            self.assertFalse(primitives.ed25519_is_valid(public_key, message, malleated))
        neutral = (1).to_bytes(32, "little")
        self.assertFalse(primitives.ed25519_is_valid(neutral, b"", neutral + bytes(32)))


class TreeTests(unittest.TestCase):
    def test_paths(self):
        for size in range(1, 20):
            leaves = [bytes([number]) * 32 for number in range(size)]
            root = tree_root(leaves)
            for index in range(size):
                path = tree_path(index, leaves)
                self.assertTrue(primitives.stands_in_tree(leaves[index], index, size, path, root))
                self.assertFalse(primitives.stands_in_tree(leaves[index], index, size, path + [root], root))
                for other in range(size):
                    if other != index:
                        self.assertFalse(primitives.stands_in_tree(leaves[index], other, size, path, root))
                if path:
                    self.assertFalse(primitives.stands_in_tree(leaves[index], index, size, path[:-1], root))
            self.assertFalse(primitives.stands_in_tree(leaves[0], size, size, [], root))


def tree_root(leaves):
    """The recursive definition of RFC 9162, 2.1.1."""
    if len(leaves) == 1:
        return primitives.tree_leaf(leaves[0])
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return primitives.tree_node(tree_root(leaves[:half]), tree_root(leaves[half:]))


def tree_path(index, leaves):
    """The recursive definition of RFC 9162, 2.1.3.1."""
    if len(leaves) == 1:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if index < half:
        return tree_path(index, leaves[:half]) + [tree_root(leaves[half:])]
    return tree_path(index - half, leaves[half:]) + [tree_root(leaves[:half])]


class SharingTests(unittest.TestCase):
    def test_restore(self):
        secrets = [bytes(32), b"\xff" * 32, os.urandom(32)]
        stream = primitives.KeyStream(COUNTING)
        for threshold in (1, 2, 5):
            shares = sharing.split(secrets, threshold, [0, 3, 4, 9, 1000, (1 << 20) - 1], stream.word64)
            for place, secret in enumerate(secrets):
                of_secret = {device: values[place] for device, values in shares.items()}
                few = dict(list(of_secret.items())[-threshold:])
                self.assertEqual(sharing.restore(few), secret)
                self.assertEqual(sharing.restore(of_secret), secret)
                if threshold > 1:
                    few.popitem()
                    self.assertNotEqual(sharing.restore(few), secret)

    def test_order_of_coefficients(self):
        # With one secret and t = 3, the first five words are the highest coefficients.
        words = iter([8 * number for number in (1, 2, 3, 4, 5, 10, 20, 30, 40, 50)])
        secret = sum(limb << 52 * place for place, limb in enumerate((7, 8, 9, 6, 5))).to_bytes(32, "little")
        shares = sharing.split([secret], 3, [1], lambda: next(words))
        expected = [7 + 20 + 4, 8 + 40 + 8, 9 + 60 + 12, 6 + 80 + 16, 5 + 100 + 20]
        self.assertEqual(sharing.values(shares[1][0]), expected)

    def test_words_outside_the_field_are_skipped(self):
        words = iter([(1 << 64) - 1, sharing.PRIME << 3, (sharing.PRIME << 3) - 1])
        self.assertEqual(sharing.draw_element(lambda: next(words)), sharing.PRIME - 1)


class MessageTests(unittest.TestCase):
    shape = SimpleNamespace(n=13, d=7, b=11, k=4, C=3, q=2)

    def setUp(self):
        share = bytes([1]) * 40
        member = self.member = messages.Member(12, bytes([2]) * 32, (bytes([3]) * 32, bytes([4]) * 32))
        advertisement = messages.Advertisement(12, b"e" * 32, b"m" * 32, (b"c" * 32,) * 3, b"s" * 64)
        self.cases = [
            (messages.encode_advertisement(advertisement), messages.decode_advertisement, advertisement),
            (
                messages.encode_introductions([(member, advertisement)] * 2), messages.decode_introductions,
                [(member, advertisement)] * 2,
            ),
            (
                messages.encode_sealed_shares([messages.SealedShare(1, 2, b"x" * 176)]),
                messages.decode_sealed_shares, [messages.SealedShare(1, 2, b"x" * 176)],
            ),
            (
                messages.encode_delivered_shares([0, 2, 12], 13, [messages.SealedShare(1, 2, b"x" * 176)]),
                messages.decode_delivered_shares, ([0, 2, 12], [messages.SealedShare(1, 2, b"x" * 176)]),
            ),
            (
                messages.encode_masked_input(5, b"s" * 64, [2047, 0, 1, 1024, 3, 4, 5], 11),
                messages.decode_masked_input, (5, b"s" * 64, [2047, 0, 1, 1024, 3, 4, 5]),
            ),
            (messages.encode_survivors([0, 8, 12], 13), messages.decode_survivors, [0, 8, 12]),
            (messages.encode_endorsement(3, b"s" * 64), messages.decode_endorsement, (3, b"s" * 64)),
            (
                messages.encode_unmasking_request(
                    [1, 7, 8], [1, 7], 13, [(member, b"s" * 64)], [(member, b"i" * 64)] * 2
                ),
                messages.decode_unmasking_request,
                ([1, 7, 8], [1, 7], [(member, b"s" * 64)], [(member, b"i" * 64)] * 2),
            ),
            (
                messages.encode_unmasking_shares(
                    4, [messages.OwnerShares(1, (share,) * 3)], [messages.OwnerShares(2, (share,))]
                ),
                messages.decode_unmasking_shares,
                (4, [messages.OwnerShares(1, (share,) * 3)], [messages.OwnerShares(2, (share,))]),
            ),
        ]

    def test_round_trips(self):
        for kind, (data, decode, value) in enumerate(self.cases, 1):
            self.assertEqual(data[0], kind)
            self.assertEqual(decode(data, self.shape), value)

    def test_other_lengths_and_kinds(self):
        for data, decode, _ in self.cases:
            for length in range(len(data)):
                with self.assertRaises(Refused):
                    decode(data[:length], self.shape)
            for other in (data + b"\x00", bytes([data[0] + 1]) + data[1:]):
                with self.assertRaises(Refused):
                    decode(other, self.shape)

    def test_ranges(self):
        refused = (
            (messages.encode_survivors([13], 16), messages.decode_survivors),
            (messages.encode_endorsement(13, bytes(64)), messages.decode_endorsement),
            (
                messages.encode_sealed_shares([messages.SealedShare(1, 2, bytes(176))] * 5),
                messages.decode_sealed_shares,
            ),
            (b"\x05" + bytes(4) + bytes(64) + bytes(9) + b"\x20", messages.decode_masked_input),
            (messages.encode_delivered_shares([13], 16, []), messages.decode_delivered_shares),
            (
                messages.encode_delivered_shares([1], 13, [messages.SealedShare(1, 2, bytes(176))] * 5),
                messages.decode_delivered_shares,
            ),
            (
                messages.encode_unmasking_request([1], [1], 13, [(self.member, bytes(64))] * 4, []),
                messages.decode_unmasking_request,
            ),
            (
                messages.encode_unmasking_request([1], [1], 13, [], [(self.member, bytes(64))] * 5),
                messages.decode_unmasking_request,
            ),
            (
                messages.encode_unmasking_shares(1, [messages.OwnerShares(1, (b"\xff" * 40,))], []),
                messages.decode_unmasking_shares,
            ),
            (b"\x03\xff\xff\xff\xff", messages.decode_sealed_shares),
        )
        for data, decode in refused:
            with self.assertRaises(Refused):
                decode(data, self.shape)

    def test_packing(self):
        for bits in range(1, 33):
            elements = [number * 2654435769 % (1 << bits) for number in range(1, 20)]
            packed = messages.pack(elements, bits)
            self.assertEqual(len(packed), (19 * bits + 7) // 8)
            self.assertEqual(messages.unpack(packed, 19, bits), elements)


class ParameterTests(unittest.TestCase):
    valid = parameters.Parameters(
        session=COUNTING, roster_root=COUNTING, purpose=COUNTING, round=1, n=40, d=7, b=11, k=8, t=4, w=2, C=9, Q=6,
        u=30, q=2, b0=3, T=114, e=2,
    )

    def test_ranges(self):
        self.valid.check()
        replace(self.valid, k=39, w=0).check()
        replace(self.valid, q=0, b0=1, T=0, e=0).check()
        for change in (
            {"w": 5}, {"k": 39}, {"k": 7}, {"t": 9}, {"t": 0}, {"Q": 10}, {"u": 1}, {"q": 9}, {"T": 113}, {"T": 169},
            {"b0": 0}, {"e": 30}, {"d": (1 << 30) + 1}, {"b": 33}, {"round": 1 << 64}, {"q": 0, "b0": 1, "T": 0},
        ):
            with self.assertRaises(Refused):
                replace(self.valid, **change).check()
        replace(self.valid, T=168).check()

    def test_digest(self):
        # w stands behind t.
        self.assertNotEqual(self.valid.digest(), replace(self.valid, w=3).digest())
        self.assertNotEqual(replace(self.valid, w=4, t=2).digest(), replace(self.valid, w=2, t=4).digest())

    def test_windows(self):
        ring = self.valid.ring
        for first in range(40):
            window = {ring[(first + step) % 40] for step in range(4)}
            for left in range(4):
                survivors = set(ring) - set(sorted(window)[left:])
                self.assertEqual(self.valid.fill_windows(sorted(survivors)), left >= 2)
        # Every other place: two in each window.
        self.assertTrue(self.valid.fill_windows(ring[::2]))
        self.assertFalse(replace(self.valid, w=3).fill_windows(ring[::2]))
        self.assertTrue(replace(self.valid, k=39, w=0).fill_windows(ring[:3]))

    def test_neighbours_are_in_windows(self):
        for place, number in enumerate(self.valid.ring):
            window = {self.valid.ring[(place + step) % 40] for step in range(1, 5)}
            self.assertTrue(window <= self.valid.neighbours(number))

    def test_protection(self):
        self.assertTrue(parameters.graph_protects(20, 1, 19, 2, 0))
        self.assertFalse(parameters.graph_protects(20, 2, 19, 2, 0))
        self.assertTrue(parameters.graph_protects(1000, 50, 60, 30, 20))
        for t, w in ((30, 0), (30, 5), (10, 20)):
            self.assertFalse(parameters.graph_protects(1000, 50, 60, t, w))
        # More corrupt devices than count without their noise.
        with self.assertRaises(Refused):
            self.valid.check_protection(0.05)


class Words:
    """Stands in for the second keystream."""

    def __init__(self, words):
        self.words = list(words)

    def word64(self):
        return self.words.pop(0)


class NoiseTests(unittest.TestCase):
    families = (noise.DISCRETE_GAUSSIAN, noise.SKELLAM)

    def test_exponential(self):
        # Against the series in exact fractions.
        for numerator, denominator in ((1, 3), (1, 2), (5, 2), (40, 1), (32768, 65536)):
            argument = Fraction(numerator, denominator)
            inverse, term = Fraction(0), Fraction(1)
            for count in range(1, 400):
                inverse += term
                term = term * argument / count
            self.assertLessEqual(abs(noise.exponential(numerator, denominator, 256) - (1 << 256) / inverse), 1)

    def test_probabilities(self):
        # Two independent formulas in double precision: sums of the density, and the series of I_x.
        for s in (0.25, 1, 3.5, 20):
            density = [math.exp(-x * x / (2 * s)) for x in range(80)]
            whole = density[0] + 2 * sum(density[1:])
            skellam = [
                sum(
                    math.exp(-s + (2 * j + x) * math.log(s / 2) - math.lgamma(j + 1) - math.lgamma(j + x + 1))
                    for j in range(100)
                )
                for x in range(80)
            ]
            for family, weights in zip(self.families, ([w / whole for w in density], skellam)):
                table = noise.Table(family, int(s * 65536), 256)
                for m in range(20):
                    expected = weights[0] + 2 * sum(weights[1 : m + 1])
                    found = table.values[min(m, len(table.values) - 1)] / 2 ** 256
                    self.assertAlmostEqual(found, expected, places=12)

    def test_precision(self):
        # Bits that a table with much more precision gives are those that were certified.
        for family in self.families:
            for scaled_variance in (1, 40000, 65536 * 50 + 1):
                table, better = (noise.Table(family, scaled_variance, precision) for precision in (256, 1024))
                for m in range(len(table.values)):
                    self.assertLessEqual(
                        abs((better.values[m] >> 768) - table.values[m]), table.error + 1
                    )
                    for bits in (31, 63, 126):
                        self.assertEqual(table.leading(m, bits), better.leading(m, bits))

    def test_moments(self):
        count = 40000
        for family in self.families:
            for variance in (0.5, 9, 4000):
                drawn = noise.samples(family, int(variance * 65536), COUNTING, count)
                mean = sum(drawn) / count
                square = sum(x * x for x in drawn) / count
                self.assertLess(abs(mean), 5 * math.sqrt(variance / count))
                self.assertLess(abs(square - variance), 5 * variance * math.sqrt(4 / count))

    def test_sign_and_magnitude(self):
        words = primitives.keystream(COUNTING, 400)
        drawn = noise.samples(noise.SKELLAM, 65536 * 100, COUNTING, 100)
        table = noise.Table(noise.SKELLAM, 65536 * 100, 256)
        for place, x in enumerate(drawn):
            word = int.from_bytes(words[4 * place : 4 * place + 4], "little")
            u = (word >> 1) << 225
            self.assertGreater(table.values[abs(x)], u)
            if x:
                self.assertLessEqual(table.values[abs(x) - 1], u)
                self.assertEqual(x < 0, word & 1 == 1)

    def test_undecided(self):
        for family in self.families:
            magnitudes = noise.Magnitudes(family, 65536 * 9)
            better = noise.Table(family, 65536 * 9, 2048)
            for m in (0, 1, 7):
                u = better.leading(m, 31)
                low32 = better.leading(m, 63) & 0xFFFFFFFF
                for word, expected in ((low32 - 1, m), (low32 + 1, m + 1)):
                    words = Words([word << 32 | 12345])
                    self.assertEqual(noise._decide(magnitudes, u, words), expected)
                    self.assertEqual(words.words, [])
                for bits in (126, 252, 504):
                    for change, expected in ((-1, m), (1, m + 1)):
                        target = better.leading(m, bits) + change
                        tail = [target >> place & 1 | 1 << 40 for place in range(bits - 64, -1, -1)]
                        words = Words([low32 << 32] + tail)
                        if target >> bits - 63 == better.leading(m, 63):
                            self.assertEqual(noise._decide(magnitudes, u, words), expected)
                            self.assertLess(len(words.words), bits // 2 + 1)

    def test_far_tail(self):
        # U of 31 ones: the further bits decide how far out the magnitude is.
        magnitudes = noise.Magnitudes(noise.DISCRETE_GAUSSIAN, 65536)
        self.assertEqual(noise._decide(magnitudes, (1 << 31) - 1, Words([0])), 6)
        # P(|X| > 12) is about 2^-122, P(|X| > 13) about 2^-142.
        self.assertEqual(
            noise._decide(magnitudes, (1 << 31) - 1, Words([0xFFFFFFFF << 32] + [1] * 62 + [0])), 13
        )

    def test_nothing(self):
        self.assertEqual(noise.samples(noise.SKELLAM, 0, COUNTING, 3), [0, 0, 0])
        with self.assertRaises(ValueError):
            noise.samples(noise.SKELLAM, noise.LARGEST_SCALED_VARIANCE + 1, COUNTING, 1)


class EncodingTests(unittest.TestCase):
    def test_rotation(self):
        for d in (1, 2, 3, 16, 48, 100, 600):
            vector = encoding.single([math.sin(j) for j in range(d)])
            rotated = encoding.rotate(vector, COUNTING)
            norms = [math.fsum(x * x for x in values) for values in (vector, rotated)]
            self.assertAlmostEqual(norms[0], norms[1], places=3)
            for x, y in zip(vector, encoding.rotate_back(rotated, COUNTING)):
                self.assertAlmostEqual(x, y, places=4)

    def test_second_pass_begins_at_a_new_block(self):
        key = parameters.public_key_of_stream("covey rotation", COUNTING)
        (_, first), (place, second) = encoding.passes(100, COUNTING)
        self.assertEqual((len(first), place, len(second)), (64, 36, 64))
        stream = primitives.keystream(key, 128)
        self.assertEqual(second[:8], [stream[64] >> j & 1 == 1 for j in range(8)])

    def test_clip(self):
        self.assertEqual(encoding.clip([3.0, 4.0], 5), [3.0, 4.0])
        self.assertEqual(encoding.clip([3.0, 4.0], 2.5), [1.5, 2.0])

    def test_sketch(self):
        vector = [float(j) for j in range(50)]
        compressed = encoding.sketch(vector, 8, COUNTING)
        key = parameters.public_key_of_stream("covey count sketch", COUNTING)
        words = [int.from_bytes(primitives.keystream(key, 400)[4 * j : 4 * j + 4], "little") for j in range(100)]
        expected = [0.0] * 8
        for j in range(50):
            expected[math.floor(Fraction(words[2 * j] * 8, 1 << 32))] += (-1) ** words[2 * j + 1] * vector[j]
        self.assertEqual(compressed, expected)

    def test_rounding(self):
        values = [0.25, -0.75, 3.0, 1.5]
        sums = [0] * 4
        for _ in range(4000):
            for j, value in enumerate(encoding.round_at_random(values, 100)):
                sums[j] += value
        for value, total in zip(values, sums):
            self.assertAlmostEqual(total / 4000, value, delta=0.05)
        limited = [encoding.round_at_random([0.5] * 8, 4) for _ in range(50)]
        self.assertLessEqual(max(sum(x * x for x in rounded) for rounded in limited), 4)


if __name__ == "__main__":
    unittest.main()
