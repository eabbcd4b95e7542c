"""Whole sums with devices of this implementation, and what they refuse. The small coordinator below follows
private-sum.md section 5 without its checks; it talks to drivers in this process. Run with
`python3 test_device.py`."""

import json
import math
import os
import subprocess
import sys
import unittest
from pathlib import Path

import device as devices
import messages
import noise
import parameters
import sharing
from device import Driver, commitment, endorsed, mask_of, pair_key
from messages import Member
from primitives import KeyStream, ed25519_public_key, ed25519_sign, keystream, number8, x25519
from test_primitives import tree_path, tree_root


class Cohort:
    """A roster with a driver for each device, and the coordinator's part."""

    def __init__(self, n, m=20, **changes):
        self.seeds = sorted((os.urandom(32) for _ in range(n)), key=ed25519_public_key)
        identities = [ed25519_public_key(seed) for seed in self.seeds]
        self.members = [
            Member(i, identity, tuple(tree_path(i, identities))) for i, identity in enumerate(identities)
        ]
        settings = dict(
            d=m, family="discreteGaussian", n=n, u=n - 2, b=18, q=2, b0=2, T=3 * (n - 3), e=1, c=2.0, gamma=0.05,
            v=4.0, k=n - 1, t=n // 2, C=n, Q=n // 2 + 1, round=7,
        )
        settings.update(changes)
        names = ("d", "family", "n", "u", "b", "q", "b0", "T", "e", "c", "gamma", "v")
        self.plan = parameters.Plan(m=m, **{name: settings[name] for name in names})
        names = ("round", "n", "d", "b", "k", "t", "C", "Q", "u", "q", "b0", "T", "e")
        self.parameters = parameters.Parameters(
            session=os.urandom(32), roster_root=tree_root(identities), purpose=self.plan.digest(),
            **{name: settings[name] for name in names},
        )
        self.noise_seeds = [[os.urandom(32) for _ in range(self.parameters.q)] for _ in range(n)]
        self.drivers = [Driver() for _ in range(n)]

    def join_request(self, i, **changes):
        plan, own = self.plan, self.parameters
        request = {
            "step": "join", "session": own.session.hex(), "round": own.round, "rosterRoot": own.roster_root.hex(),
            "plan": {
                "dimension": plan.m, "encodedDimension": plan.d, "noise": plan.family, "cohortSize": plan.n,
                "minimumSurvivors": plan.u, "modulusBits": plan.b, "components": plan.q, "baseUnits": plan.b0,
                "targetUnits": plan.T, "excluded": plan.e, "clippingNorm": plan.c, "granularity": plan.gamma,
                "unitVariance": plan.v,
            },
            "purpose": own.purpose.hex(), "vectorLength": own.d, "modulusBits": own.b, "degree": own.k,
            "threshold": own.t, "committeeSize": own.C, "quorum": own.Q, "minimumSurvivors": own.u,
            "components": own.q, "baseUnits": own.b0, "targetUnits": own.T, "excluded": own.e, "cohortSize": own.n,
            "member": messages.encode_member(self.members[i]).hex(), "identitySeed": self.seeds[i].hex(),
            "randomnessKey": None, "noiseSeeds": [seed.hex() for seed in self.noise_seeds[i]],
        }
        request.update(changes)
        return request

    def ask(self, i, step, **fields):
        return self.drivers[i].answer(dict(step=step, **fields))

    def join(self, present):
        self.advertisements = {}
        for i in present:
            answer = self.drivers[i].answer(self.join_request(i))
            assert answer["digest"] == self.parameters.digest().hex()
            self.advertisements[i] = messages.decode_advertisement(
                bytes.fromhex(answer["advertisement"]), self.parameters
            )

    def introductions(self, i):
        near = sorted(self.parameters.neighbours(i).intersection(self.advertisements))
        return [(self.members[j], self.advertisements[j]) for j in near]

    def share(self, present):
        self.sealed = []
        for i in present:
            message = messages.encode_introductions(self.introductions(i))
            answer = self.ask(i, "share", introductions=message.hex())
            self.sealed += messages.decode_sealed_shares(bytes.fromhex(answer["shares"]), self.parameters)
        self.sharing = set(present)

    def shares_for(self, i):
        return [share for share in self.sealed if share.receiver == i]

    def mask(self, inputs):
        """`inputs`: the fields of each device's request."""
        self.elements, self.masked = {}, {}
        for i, fields in inputs.items():
            message = messages.encode_sealed_shares(self.shares_for(i))
            answer = self.ask(i, "mask", shares=message.hex(), **fields)
            number, self.masked[i] = messages.decode_masked_input(bytes.fromhex(answer["masked"]), self.parameters)
            assert number == i
            self.elements[i] = answer["elements"]
        self.survivors = sorted(inputs)

    def endorse(self):
        self.signatures = []
        message = messages.encode_survivors(self.survivors, self.parameters.n).hex()
        for i in self.survivors:
            if i in self.parameters.committee and len(self.signatures) < self.parameters.Q:
                answer = self.ask(i, "endorse", survivors=message)
                number, signature = messages.decode_endorsement(
                    bytes.fromhex(answer["endorsement"]), self.parameters
                )
                self.signatures.append((self.members[number], signature))

    def request(self):
        return messages.encode_unmasking_request(self.survivors, self.parameters.n, self.signatures).hex()

    def unmask(self, answering):
        self.revealed = {}
        for i in answering:
            answer = self.ask(i, "unmask", request=self.request())
            number, of_survivors, of_lost = messages.decode_unmasking_shares(
                bytes.fromhex(answer["shares"]), self.parameters
            )
            assert number == i
            for item in of_survivors:
                for place, share in enumerate(item.shares):
                    self.revealed.setdefault((item.owner, place), {})[i] = share
            for item in of_lost:
                self.revealed.setdefault((item.owner, "masking key"), {})[i] = item.shares[0]

    def secret(self, owner, place):
        shares = sorted(self.revealed[owner, place].items())[: self.parameters.t]
        return sharing.restore(dict(shares))

    def total(self):
        """The sum without masks and without the noise that is removed, modulo 2^b."""
        own = self.parameters
        digest = own.digest()
        total = [sum(column) for column in zip(*self.masked.values())]

        def change(values, sign):
            total[:] = [x + sign * y for x, y in zip(total, values)]

        kept = own.kept_components(self.survivors)
        for i in self.survivors:
            seed = self.secret(i, 0)
            assert commitment(digest, i, 0, seed) == self.advertisements[i].commitments[0]
            change(mask_of(seed, own.d, own.b), -1)
            removed = [j for j in range(own.q) if j not in kept[i]]
            for place, j in enumerate(removed, 1):
                seed = self.secret(i, place)
                assert commitment(digest, i, 1 + j, seed) == self.advertisements[i].commitments[1 + j]
                change(noise.samples(self.plan.family, self.plan.scaled_variance << j, seed, own.d), -1)
        for i in self.sharing.difference(self.survivors):
            near = own.neighbours(i).intersection(self.survivors)
            if near:
                key = self.secret(i, "masking key")
                assert x25519(key) == self.advertisements[i].masking_key
                for j in near:
                    other = self.advertisements[j].masking_key
                    seed = pair_key("mask", digest, key, self.advertisements[i].masking_key, other)
                    change(mask_of(seed, own.d, own.b), -1 if j < i else 1)
        return [x % (1 << own.b) for x in total]

    def expected_total(self):
        own = self.parameters
        total = [sum(column) for column in zip(*self.elements.values())]
        kept = own.kept_components(self.survivors)
        for i in self.survivors:
            for j in set(range(own.q)).difference(kept[i]):
                drawn = noise.samples(self.plan.family, self.plan.scaled_variance << j, self.noise_seeds[i][j], own.d)
                total = [x - y for x, y in zip(total, drawn)]
        return [x % (1 << own.b) for x in total]


def vectors(cohort, which):
    return {i: {"vector": [math.sin(i + j) / 4 for j in range(cohort.plan.m)]} for i in which}


def stage(last, **changes):
    """A cohort of six that has been through the steps before `last`."""
    cohort = Cohort(6, **changes)
    if last != "join":
        cohort.join(range(6))
    if last not in ("join", "share"):
        cohort.share(range(6))
    if last not in ("join", "share", "mask"):
        cohort.mask(vectors(cohort, range(6)))
    if last == "unmask":
        cohort.endorse()
    return cohort


class SumTests(unittest.TestCase):
    def test_without_loss(self):
        for family in (noise.DISCRETE_GAUSSIAN, noise.SKELLAM):
            cohort = Cohort(5, family=family)
            cohort.join(range(5))
            cohort.share(range(5))
            cohort.mask(vectors(cohort, range(5)))
            cohort.endorse()
            cohort.unmask(range(5))
            self.assertEqual(cohort.total(), cohort.expected_total())

    def test_with_losses(self):
        # One device is lost before it shares keys, one before it masks, one before it unmasks.
        cohort = Cohort(9, u=6, T=15, t=4, Q=5)
        cohort.join(range(9))
        cohort.share(range(1, 9))
        cohort.mask(vectors(cohort, range(2, 9)))
        cohort.endorse()
        cohort.unmask(range(3, 9))
        self.assertEqual(cohort.total(), cohort.expected_total())

    def test_sparse_graph(self):
        cohort = Cohort(12, k=6, t=3, C=7, Q=4)
        for i in range(12):
            near = cohort.parameters.neighbours(i)
            self.assertEqual(len(near), 6)
            self.assertTrue(all(i in cohort.parameters.neighbours(j) for j in near))
        cohort.join(range(12))
        cohort.share(range(12))
        cohort.mask(vectors(cohort, range(1, 12)))
        cohort.endorse()
        cohort.unmask(range(1, 12))
        self.assertEqual(cohort.total(), cohort.expected_total())

    def test_elements_and_no_removable_noise(self):
        for b in (1, 16, 17, 32):
            cohort = Cohort(4, q=0, b0=1, T=0, e=0, t=2, b=b)
            cohort.join(range(4))
            cohort.share(range(4))
            cohort.mask({i: {"elements": [i + j for j in range(20)]} for i in range(4)})
            cohort.endorse()
            cohort.unmask(range(4))
            self.assertEqual(cohort.total(), [(6 + 4 * j) % (1 << b) for j in range(20)])

    def test_sum_of_vectors(self):
        # A sketch as wide as needed, no noise: the elements are close to the rotated vector.
        cohort = Cohort(3, m=16, u=2, v=0.0, q=0, b0=1, T=0, e=0, t=2, Q=2, gamma=0.001, b=24)
        cohort.join(range(3))
        cohort.share(range(3))
        cohort.mask(vectors(cohort, range(3)))
        signed = [[x - (x >> 23 << 24) for x in cohort.elements[i]] for i in range(3)]
        for i in range(3):
            back = devices.encoding.rotate_back([x * 0.001 for x in signed[i]], cohort.parameters.session)
            for x, y in zip(back, vectors(cohort, [i])[i]["vector"]):
                self.assertAlmostEqual(x, y, delta=0.01)

    def test_randomness_key(self):
        # The order of the draws, written out.
        cohort = Cohort(4, q=1, b0=1, T=0, e=0, t=3)
        key = os.urandom(32)
        answer = cohort.drivers[0].answer(cohort.join_request(0, randomnessKey=key.hex()))
        own = messages.decode_advertisement(bytes.fromhex(answer["advertisement"]), cohort.parameters)
        secrets = [keystream(key, 32, block=block) for block in range(3)]
        self.assertEqual(own.encryption_key, x25519(secrets[0]))
        self.assertEqual(own.masking_key, x25519(secrets[1]))
        self.assertEqual(
            own.commitments[0], commitment(cohort.parameters.digest(), 0, 0, secrets[2])
        )
        cohort.join([1, 2, 3])
        message = messages.encode_introductions([(cohort.members[j], cohort.advertisements[j]) for j in (1, 2, 3)])
        answer = cohort.ask(0, "share", introductions=message.hex())
        words = KeyStream(key, block=3)
        drawn = [words.word64() >> 3 for _ in range(30)]
        shared = [secrets[2], secrets[1], cohort.noise_seeds[0][0]]
        limbs = [limb for secret in shared for limb in sharing.limbs(secret)]
        expected = [
            (limb + linear * 3 + square * 9) % sharing.PRIME
            for square, linear, limb in zip(drawn[:15], drawn[15:], limbs)
        ]
        # Device 2 opens what device 0 sealed for it.
        cohort.advertisements[0] = own
        message = messages.encode_introductions(cohort.introductions(2))
        cohort.ask(2, "share", introductions=message.hex())
        sealed = messages.decode_sealed_shares(bytes.fromhex(answer["shares"]), cohort.parameters)
        (ciphertext,) = [share.ciphertext for share in sealed if share.receiver == 2]
        nonce, data = devices.share_nonce_and_data(cohort.parameters.digest(), 0, 2)
        opened = devices.open_sealed(cohort.drivers[2]._device._share_keys[0], nonce, ciphertext, data)
        self.assertEqual(sharing.values(opened), expected)


class RefusalTests(unittest.TestCase):
    def refused(self, answer, reason=None):
        self.assertEqual(list(answer), ["refused"], answer)
        if reason:
            self.assertIn(reason, answer["refused"])

    def test_parameters(self):
        cohort = stage("join")
        other = os.urandom(32).hex()
        plan = cohort.join_request(0)["plan"]
        cases = (
            (dict(purpose=other), "plan digest"), (dict(plan=dict(plan, clippingNorm=3)), "plan digest"),
            (dict(round=1 << 63, lastRound=1 << 63), "round"), (dict(ownMinimum=5), "fewer survivors"),
            (dict(identitySeed=other), "own identity"), (dict(rosterRoot=other), "own identity"),
            (dict(member=messages.encode_member(cohort.members[1]).hex()), "own identity"),
            (dict(member="00"), "too short"), (dict(threshold=0), "threshold"), (dict(threshold=6), "threshold"),
            (dict(degree=3), "odd"), (dict(cohortSize=1), "cohort"), (dict(modulusBits=33), "modulus"),
            (dict(modulusBits=17), "another plan"), (dict(quorum=7), "quorum"), (dict(excluded=4), "do not count"),
            (dict(targetUnits=99), "the noise that the fewest"), (dict(session="00"), "another length"),
            (dict(assumedCorruptShare=0.5), "graph"), (dict(assumedCorruptShare=0.34, quorum=3), "committee"),
            (dict(vectorLength=0), "vector length"),
        )
        for changes, reason in cases:
            with self.subTest(changes):
                self.refused(Driver().answer(cohort.join_request(0, **changes)), reason)
        accepted = Driver().answer(
            cohort.join_request(0, lastRound=6, ownMinimum=4, assumedCorruptShare=0.2, plan=None, purpose=other)
        )
        self.assertIn("advertisement", accepted)

    def test_rounds_ascend(self):
        cohort = stage("join")
        driver = cohort.drivers[0]
        self.assertIn("digest", driver.answer(cohort.join_request(0)))
        other = os.urandom(32).hex()
        self.refused(driver.answer(cohort.join_request(0, session=other)), "later")
        self.refused(driver.answer(cohort.join_request(0, round=8)), "used before")
        self.assertIn("digest", driver.answer(cohort.join_request(0, round=8, session=other)))

    def test_introductions(self):
        def forge(introductions, place, **changes):
            member, advertisement = introductions[place]
            fields = dict(vars(advertisement), **changes)
            introductions[place] = (member, messages.Advertisement(**fields))

        def sign_again(cohort, introductions, place, **changes):
            forge(introductions, place, **changes)
            member, advertisement = introductions[place]
            text = devices.advertised(
                cohort.parameters.digest(), advertisement.device, advertisement.encryption_key,
                advertisement.masking_key, advertisement.commitments,
            )
            forge(introductions, place, signature=ed25519_sign(cohort.seeds[member.device], text))

        def identity(cohort, items):
            member, advertisement = items[1]
            items[1] = (Member(member.device, cohort.members[5].identity, member.path), advertisement)

        def own(cohort, items):
            items[0] = (cohort.members[0], cohort.advertisements[0])

        def own_key(cohort, items):
            sign_again(cohort, items, 0, encryption_key=cohort.advertisements[0].masking_key)

        cases = {
            "signature of": lambda cohort, items: forge(items, 0, masking_key=bytes(31) + b"\x01"),
            "place of the roster": identity,
            "no neighbour": own,
            "comes twice": lambda cohort, items: items.__setitem__(0, items[1]),
            "another device": lambda cohort, items: forge(items, 0, device=3),
            "weak": lambda cohort, items: sign_again(cohort, items, 0, masking_key=bytes(32)),
            "repeated": lambda cohort, items: sign_again(
                cohort, items, 0, masking_key=items[1][1].encryption_key
            ),
            "repeated or": own_key,
            "too few": lambda cohort, items: items.__delitem__(slice(2, None)),
            "too long": lambda cohort, items: items.append(items[0]),
        }
        for reason, change in cases.items():
            with self.subTest(reason):
                cohort = stage("share")
                items = cohort.introductions(0)
                change(cohort, items)
                message = messages.encode_introductions(items).hex()
                self.refused(cohort.ask(0, "share", introductions=message), reason)
                message = messages.encode_introductions(cohort.introductions(0)).hex()
                self.refused(cohort.ask(0, "share", introductions=message))

    def test_shares(self):
        def forge(items, place, **changes):
            items[place] = messages.SealedShare(**dict(vars(items[place]), **changes))

        cases = {
            "does not open": lambda items: forge(items, 0, ciphertext=bytes(len(items[0].ciphertext))),
            "for another": lambda items: forge(items, 0, receiver=1),
            "stranger": lambda items: forge(items, 0, sender=0),
            "repeated": lambda items: items.__setitem__(0, items[1]),
            "too few": lambda items: items.__delitem__(slice(2, None)),
        }
        for reason, change in cases.items():
            with self.subTest(reason):
                cohort = stage("mask")
                items = cohort.shares_for(0)
                change(items)
                message = messages.encode_sealed_shares(items).hex()
                fields = vectors(cohort, [0])[0]
                self.refused(cohort.ask(0, "mask", shares=message, **fields), reason)

    def test_values_outside_the_field(self):
        cohort = stage("mask")
        sender = cohort.drivers[1]._device
        items = cohort.shares_for(0)
        nonce, data = devices.share_nonce_and_data(cohort.parameters.digest(), 1, 0)
        sealed = devices.seal(sender._share_keys[0], nonce, bytes(152) + number8(sharing.PRIME), data)
        items[0] = messages.SealedShare(1, 0, sealed)
        message = messages.encode_sealed_shares(items).hex()
        self.refused(cohort.ask(0, "mask", shares=message, **vectors(cohort, [0])[0]), "outside the field")

    def test_vector(self):
        for value in (math.nan, math.inf, 1e39):
            cohort = stage("mask")
            message = messages.encode_sealed_shares(cohort.shares_for(0)).hex()
            self.refused(cohort.ask(0, "mask", shares=message, vector=[value] + [0.0] * 19))

    def test_survivors(self):
        for survivors, reason in (([0, 1, 2], "too few"), ([1, 2, 3, 4, 5], "itself")):
            cohort = stage("endorse")
            message = messages.encode_survivors(survivors, 6).hex()
            self.refused(cohort.ask(0, "endorse", survivors=message), reason)
        cohort = stage("endorse")
        self.refused(cohort.ask(0, "endorse", survivors="05ff"), "another cohort")
        cohort = stage("endorse")
        message = messages.encode_survivors(range(6), 6).hex()
        self.assertIn("endorsement", cohort.ask(0, "endorse", survivors=message))
        self.refused(cohort.ask(0, "endorse", survivors=message), "not the time")
        cohort = Cohort(6, C=1, Q=1)
        cohort.join(range(6))
        cohort.share(range(6))
        cohort.mask(vectors(cohort, range(6)))
        outside = next(i for i in range(6) if i not in cohort.parameters.committee)
        self.refused(cohort.ask(outside, "endorse", survivors=message), "not in the committee")

    def test_request(self):
        def sign(cohort, i, survivors):
            text = endorsed(cohort.parameters.digest(), messages.encode_bitmap(survivors, 6))
            return cohort.members[i], ed25519_sign(cohort.seeds[i], text)

        def other_set(cohort):
            cohort.survivors = [0, 1, 2, 3, 4]
            cohort.signatures = [sign(cohort, i, cohort.survivors) for i in range(4)]

        def lost_signer(cohort):
            cohort.survivors = [0, 1, 2, 3, 4]
            cohort.signatures = [sign(cohort, i, cohort.survivors) for i in (1, 2, 3, 5)]

        def identity(cohort):
            member, signature = cohort.signatures[1]
            cohort.signatures[1] = Member(1, cohort.members[5].identity, member.path), signature

        cases = (
            (lambda cohort: cohort.signatures.pop(), "too few signatures"),
            (lambda cohort: cohort.signatures.__setitem__(0, cohort.signatures[1]), "twice"),
            (lambda cohort: cohort.signatures.__setitem__(0, sign(cohort, 0, [0, 1, 2])), "not valid"),
            (lambda cohort: setattr(cohort, "survivors", [0, 1, 2]), "too few survivors"),
            (lambda cohort: setattr(cohort, "survivors", [1, 2, 3, 4, 5]), "itself"),
            (other_set, "device signed"), (identity, "place of the roster"),
        )
        for change, reason in cases:
            with self.subTest(reason):
                cohort = stage("unmask")
                change(cohort)
                self.refused(cohort.ask(0, "unmask", request=cohort.request()), reason)
        # Device 5 signed nothing, as four signatures were enough.
        cohort = stage("unmask")
        lost_signer(cohort)
        cohort.survivors = [0, 1, 2, 3, 4]
        cohort.drivers[4]._device._signed = None
        self.refused(cohort.ask(4, "unmask", request=cohort.request()), "not among the survivors")
        # Once and never again.
        cohort = stage("unmask")
        self.assertIn("shares", cohort.ask(0, "unmask", request=cohort.request()))
        self.refused(cohort.ask(0, "unmask", request=cohort.request()))

    def test_order_of_steps(self):
        cohort = stage("share")
        self.refused(cohort.ask(0, "unmask", request=messages.encode_unmasking_request([0], 6, []).hex()))
        message = messages.encode_introductions(cohort.introductions(0)).hex()
        self.refused(cohort.ask(0, "share", introductions=message), "no session")

    def test_errors_change_nothing(self):
        cohort = stage("share")
        requests = ([], {}, {"step": []}, {"step": "share"}, {"step": "share", "introductions": "0"}, {"step": "x"})
        for request in requests:
            self.assertEqual(list(cohort.drivers[0].answer(request)), ["error"])
        cohort.share(range(6))


class NoiseUnitsTests(unittest.TestCase):
    def test_kept_components(self):
        own = Cohort(6, b0=2, T=9, e=1, q=2, u=4).parameters
        # s = 4: r = 3, x = 0; s = 6: r = 2, x = -1; s = 5: r = 2, x = 1, and two keep one more.
        self.assertEqual(own.kept_components([0, 2, 3, 5]), {i: {0} for i in (0, 2, 3, 5)})
        self.assertEqual(own.kept_components(range(6)), {i: set() for i in range(6)})
        self.assertEqual(own.kept_components([1, 2, 3, 4, 5]), {1: {0}, 2: {0}, 3: set(), 4: set(), 5: set()})


class ProgramTests(unittest.TestCase):
    def test_program(self):
        program = [sys.executable, str(Path(__file__).resolve().parent / "device.py")]
        cohort = stage("join")
        requests = [
            json.dumps(cohort.join_request(0)), "{", "",
            json.dumps({
                "step": "noise", "distribution": "skellam", "scaledVariance": 65536, "seed": "00" * 32, "count": 3,
            }),
            json.dumps({"step": "share", "introductions": "ff"}), json.dumps({"step": "share", "introductions": "ff"}),
        ]
        done = subprocess.run(
            program, input="\n".join(requests) + "\n", stdout=subprocess.PIPE, universal_newlines=True, check=True
        )
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(
            [sorted(answer) for answer in answers],
            [["advertisement", "digest"], ["error"], ["samples"], ["refused"], ["refused"]],
        )
        self.assertEqual(answers[2]["samples"], noise.samples("skellam", 65536, bytes(32), 3))


if __name__ == "__main__":
    unittest.main()
