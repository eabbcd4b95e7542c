"""The device's side of a private sum: private-sum.md sections 1 to 5, with every check that a device makes.

`Device` is one device in one session. Run as a program, this file reads JSON objects from standard input,
one a line, and answers each with one line:

    {"step": "join", ...parameters, "member": hex, "identitySeed": hex, "randomnessKey": hex or null}
                                                    -> {"advertisement": hex, "digest": hex}
    {"step": "share", "introductions": hex}         -> {"shares": hex}
    {"step": "mask", "shares": hex, "vector": [...] or "elements": [...]}
                                                    -> {"masked": hex, "elements": [...]}
    {"step": "endorse", "survivors": hex}           -> {"endorsement": hex}
    {"step": "unmask", "request": hex}              -> {"shares": hex}
    {"step": "noise", "distribution": ..., "scaledVariance": ..., "seed": hex, "count": ...}
                                                    -> {"samples": [...]}

A refusal is answered by {"refused": reason} and ends the session; a request that is not understood by
{"error": reason}, and changes nothing. Joining again begins another session, in a later round. `join` also takes
`ownMinimum` (the fewest survivors that this device accepts), `assumedCorruptShare` (which has noise, graph
and committee checked) and `lastRound`; without them, those checks are not made. Making the round's number
durable is left to the caller. Among the parameters, `window` is w; `shares` of `mask` are the delivered shares.
"""

import json
import os
import sys
import traceback

import encoding
import sharing
from messages import (
    Advertisement, OwnerShares, Refused, SealedShare, decode_delivered_shares, decode_introductions, decode_member,
    decode_survivors, decode_unmasking_request, encode_advertisement, encode_bitmap, encode_endorsement,
    encode_masked_input, encode_sealed_shares, encode_unmasking_shares,
)
from noise import samples
from parameters import Parameters, Plan
from primitives import (
    KeyStream, ed25519_is_valid, ed25519_public_key, ed25519_sign, keystream, labelled_hash, number8, open_sealed,
    seal, x25519, x25519_is_weak,
)


class Randomness:
    """What a device draws: from the system, or from a keystream, for tests that must repeat."""

    def __init__(self, key):
        self._key, self._block, self._words = key, 0, None

    def secret(self):
        """32 bytes: those that begin the next whole block."""
        if self._key is None:
            return os.urandom(32)
        self._block += 1
        return keystream(self._key, 32, block=self._block - 1)

    def word64(self):
        """8 bytes as a number, from the blocks that follow those of the secrets."""
        if self._key is None:
            return int.from_bytes(os.urandom(8), "little")
        if self._words is None:
            self._words = KeyStream(self._key, block=self._block)
        return self._words.word64()


def commitment(digest, device, number, seed):
    return labelled_hash("covey commitment", digest + number8(device) + number8(number) + seed)


def advertised(digest, device, encryption_key, masking_key, commitments):
    """What the identity signs in an advertisement."""
    return labelled_hash(
        "covey key advertisement",
        digest + number8(device) + encryption_key + masking_key + b"".join(commitments),
    )


def included(digest, device, bitmap):
    """What the identity signs with its masked vector; the bitmap is that of the sharers."""
    return labelled_hash("covey masked input", digest + number8(device) + bitmap)


def endorsed(digest, bitmap):
    """What the identity signs in an endorsement."""
    return labelled_hash("covey survivors", digest + bitmap)


def pair_key(purpose, digest, secret_key, public_key, other_public_key):
    point = x25519(secret_key, other_public_key)
    if not any(point):
        raise Refused("a public key is weak")
    text = purpose.encode("ascii") + digest
    keys = b"".join(sorted((public_key, other_public_key)))
    return labelled_hash("covey key agreement", number8(len(text)) + text + point + keys)


def mask_of(seed, d, b):
    width = 2 if b <= 16 else 4
    stream = keystream(seed, width * d)
    return [int.from_bytes(stream[place : place + width], "little") for place in range(0, len(stream), width)]


def share_nonce_and_data(digest, sender, receiver):
    numbers = number8(sender) + number8(receiver)
    return numbers + bytes(8), digest + numbers


class Device:
    """One device in one session. Its steps have to be taken in their order, and each of them once."""

    # 1. Advertise keys

    def __init__(self, parameters, plan, member, identity_seed, randomness, noise_seeds):
        """Checks the parameters; `member` is this device, as the roster has it."""
        parameters.check()
        if plan is not None:
            parameters.check_against(plan)
        if member.identity != ed25519_public_key(identity_seed) or not parameters.is_in_roster(member):
            raise Refused("the device's own identity is not at its place of the roster")
        self.parameters, self.plan, self.number = parameters, plan, member.device
        self.digest = parameters.digest()
        self._identity_seed, self._randomness = identity_seed, randomness
        self._encryption_secret = randomness.secret()
        self._masking_secret = randomness.secret()
        self._self_mask_seed = randomness.secret()
        self._noise_seeds = noise_seeds
        self._encryption_key = x25519(self._encryption_secret)
        self._masking_key = x25519(self._masking_secret)
        self._next = {"share"}
        self._signed = None

    def advertisement(self):
        seeds = [self._self_mask_seed] + self._noise_seeds
        commitments = tuple(commitment(self.digest, self.number, j, seed) for j, seed in enumerate(seeds))
        keys = (self._encryption_key, self._masking_key)
        signature = self._sign(advertised(self.digest, self.number, *keys, commitments))
        return encode_advertisement(Advertisement(self.number, *keys, commitments, signature))

    # 2. Share keys

    def share(self, message):
        self._take_step("share")
        introductions = decode_introductions(message, self.parameters)
        neighbours = self.parameters.neighbours(self.number)
        self._peers = {}
        keys = {self._encryption_key, self._masking_key}
        for member, advertisement in introductions:
            if member.device not in neighbours or member.device in self._peers:
                raise Refused("an introduced device is no neighbour, or comes twice")
            self._check_introduction(member, advertisement)
            for key in (advertisement.encryption_key, advertisement.masking_key):
                if key in keys or x25519_is_weak(key):
                    raise Refused("a public key is repeated or weak")
                keys.add(key)
            self._peers[member.device] = advertisement
        if len(self._peers) < self.parameters.t:
            raise Refused("there are too few neighbours")

        secrets = [self._self_mask_seed, self._masking_secret] + self._noise_seeds
        receivers = sorted(self._peers)
        shares = sharing.split(secrets, self.parameters.t, receivers, self._randomness.word64)
        self._share_keys = {j: self._pair_key_with(j) for j in receivers}
        sealed = []
        for j in receivers:
            nonce, data = share_nonce_and_data(self.digest, self.number, j)
            ciphertext = seal(self._share_keys[j], nonce, b"".join(shares[j]), data)
            sealed.append(SealedShare(self.number, j, ciphertext))
        self._next = {"mask"}
        return encode_sealed_shares(sealed)

    def _check_introduction(self, member, advertisement):
        if not self.parameters.is_in_roster(member):
            raise Refused("an identity is not at its place of the roster")
        if advertisement.device != member.device:
            raise Refused("an advertisement is that of another device")
        text = advertised(
            self.digest, member.device, advertisement.encryption_key, advertisement.masking_key,
            advertisement.commitments,
        )
        if not ed25519_is_valid(member.identity, text, advertisement.signature):
            raise Refused("the signature of an advertisement is not valid")

    def _pair_key_with(self, j):
        other = self._peers[j].encryption_key
        return pair_key("share", self.digest, self._encryption_secret, self._encryption_key, other)

    # 3. Mask

    def mask(self, message, vector=None, elements=None):
        """The message, and the elements that it hides. Either a vector or encoded elements are given."""
        self._take_step("mask")
        self._sharers, sealed = decode_delivered_shares(message, self.parameters)
        self._opened = self._open(sealed)
        if elements is None:
            elements = encoding.encode(vector, self.plan, self.parameters.session, self._noise_seeds)
        masked = self._with_masks(elements)
        inclusion = self._sign(self._inclusion_of(self.number))
        message = encode_masked_input(self.number, inclusion, masked, self.parameters.b)
        # From here on, only the shares of others are needed.
        self._encryption_secret = self._masking_secret = self._self_mask_seed = self._noise_seeds = None
        self._share_keys = self._randomness = None
        self._next = {"endorse", "unmask"}
        return message, elements

    def _open(self, sealed):
        sharers, opened = set(self._sharers), {}
        if len(sharers) < self.parameters.u:
            raise Refused("there are too few sharers")
        if self.number not in sharers:
            raise Refused("the device itself is not among the sharers")
        # A neighbour that was never introduced may not have become a sharer: it would have no mask.
        expected = self.parameters.neighbours(self.number) & sharers
        if not expected.issubset(self._peers):
            raise Refused("a sharer is a neighbour that was not introduced")
        for share in sealed:
            if share.sender not in expected or share.receiver != self.number:
                raise Refused("a share is not from a neighbour among the sharers, or for another device")
            if share.sender in opened:
                raise Refused("a share is repeated")
            nonce, data = share_nonce_and_data(self.digest, share.sender, self.number)
            content = open_sealed(self._share_keys[share.sender], nonce, share.ciphertext, data)
            if content is None:
                raise Refused("a share does not open")
            if not sharing.is_in_field(content):
                raise Refused("a share has a value outside the field")
            size = sharing.SHARE_SIZE
            opened[share.sender] = [content[place : place + size] for place in range(0, len(content), size)]
        if len(opened) < len(expected):
            raise Refused("the share of a neighbour among the sharers is missing")
        if len(opened) < self.parameters.t:
            raise Refused("there are too few shares")
        return opened

    def _with_masks(self, elements):
        d, b = self.parameters.d, self.parameters.b
        total = [x + y for x, y in zip(elements, mask_of(self._self_mask_seed, d, b))]
        for j in self._opened:
            other = self._peers[j].masking_key
            seed = pair_key("mask", self.digest, self._masking_secret, self._masking_key, other)
            sign = 1 if self.number < j else -1
            total = [x + sign * y for x, y in zip(total, mask_of(seed, d, b))]
        return [x % (1 << b) for x in total]

    def _inclusion_of(self, device):
        return included(self.digest, device, encode_bitmap(self._sharers, self.parameters.n))

    # 4. Endorse the survivors

    def endorse(self, message):
        self._take_step("endorse")
        if self.number not in self.parameters.committee:
            raise Refused("the device is not in the committee")
        survivors = decode_survivors(message, self.parameters)
        self._check_survivors(survivors)
        self._signed = survivors
        text = endorsed(self.digest, encode_bitmap(survivors, self.parameters.n))
        self._next = {"unmask"}
        return encode_endorsement(self.number, self._sign(text))

    def _check_survivors(self, survivors):
        if len(survivors) < self.parameters.u:
            raise Refused("there are too few survivors")
        if self.number not in survivors:
            raise Refused("the device itself is not among the survivors")
        if not set(survivors).issubset(self._sharers):
            raise Refused("a survivor is no sharer")
        if not self.parameters.fill_windows(survivors):
            raise Refused("there are too few survivors in a window of the ring")

    # 5. Unmask

    def unmask(self, message):
        self._take_step("unmask")
        sharers, survivors, endorsements, inclusions = decode_unmasking_request(message, self.parameters)
        if sharers != self._sharers:
            raise Refused("the sharers are not those that the device masked for")
        self._check_survivors(survivors)
        if self._signed is not None and self._signed != survivors:
            raise Refused("the survivors are not those that the device signed")
        present = set(survivors)
        self._check_endorsements(survivors, endorsements)
        self._check_inclusions(present, inclusions)
        if len(present.intersection(self._opened)) < self.parameters.t:
            raise Refused("there are too few neighbours among the survivors")

        kept = self.parameters.kept_components(survivors)
        of_survivors, of_lost = [], []
        for j in sorted(self._opened):
            self_mask, masking_key, *noise = self._opened[j]
            if j in present:
                removed = [share for i, share in enumerate(noise) if i not in kept[j]]
                of_survivors.append(OwnerShares(j, (self_mask, *removed)))
            else:
                of_lost.append(OwnerShares(j, (masking_key,)))
        self.forget()
        return encode_unmasking_shares(self.number, of_survivors, of_lost)

    def _check_endorsements(self, survivors, endorsements):
        text = endorsed(self.digest, encode_bitmap(survivors, self.parameters.n))
        eligible = self.parameters.committee.intersection(survivors)
        signers = self._check_signatures(endorsements, eligible, lambda _: text)
        if len(signers) < self.parameters.Q:
            raise Refused("there are too few signatures")

    def _check_inclusions(self, present, inclusions):
        included_devices = self._check_signatures(inclusions, present, self._inclusion_of)
        if not present.intersection(self._opened).issubset(included_devices):
            raise Refused("the inclusion of a neighbour among the survivors is missing")

    def _check_signatures(self, signatures, eligible, text_of):
        """The signers, if all of them may sign, sign once, and do so validly what is theirs to sign."""
        signers = set()
        for member, signature in signatures:
            if member.device not in eligible:
                raise Refused("a signer is not in the committee, or not among the survivors")
            if member.device in signers:
                raise Refused("a signer is named twice")
            signers.add(member.device)
            if not self.parameters.is_in_roster(member):
                raise Refused("a signer is not at its place of the roster")
            if not ed25519_is_valid(member.identity, text_of(member.device), signature):
                raise Refused("a signature is not valid")
        return signers

    # For all steps

    def _take_step(self, step):
        """Begins a step. Nothing may follow until it has ended well."""
        if step not in self._next:
            raise Refused("it is not the time for this step")
        self._next = set()

    def _sign(self, text):
        return ed25519_sign(self._identity_seed, text)

    def forget(self):
        """Drops all secrets. No step can be taken any more."""
        self._next = set()
        self._opened = self._sharers = self._peers = self._share_keys = self._randomness = self._identity_seed = None
        self._encryption_secret = self._masking_secret = self._self_mask_seed = self._noise_seeds = None


# The program


class BadRequest(Exception):
    """A request that is not understood."""


def _field(request, name, types, described):
    value = request.get(name)
    if not isinstance(value, types) or isinstance(value, bool):
        raise BadRequest("%s must be %s" % (name, described))
    return value


def _natural(request, name):
    value = _field(request, name, int, "a number")
    if not 0 <= value < 1 << 64:
        raise BadRequest("%s must be a number of 64 bits" % name)
    return value


def _real(request, name):
    return float(_field(request, name, (int, float), "a real number"))


def _hex(value, name, length=None):
    try:
        data = bytes.fromhex(value)
    except (TypeError, ValueError):
        raise BadRequest("%s must be hexadecimal" % name)
    if length is not None and len(data) != length:
        raise BadRequest("%s must have %d bytes" % (name, length))
    return data


def _numbers(request, name, types, count):
    values = _field(request, name, list, "a list")
    if len(values) != count or any(not isinstance(x, types) or isinstance(x, bool) for x in values):
        raise BadRequest("%s must be a list of %d numbers" % (name, count))
    return values


def _read_plan(request):
    plan = request.get("plan")
    if plan is None:
        return None
    if not isinstance(plan, dict):
        raise BadRequest("plan must be an object")
    return Plan(
        m=_natural(plan, "dimension"), d=_natural(plan, "encodedDimension"),
        family=_field(plan, "noise", str, "a name"), n=_natural(plan, "cohortSize"),
        u=_natural(plan, "minimumSurvivors"), b=_natural(plan, "modulusBits"), q=_natural(plan, "components"),
        b0=_natural(plan, "baseUnits"), T=_natural(plan, "targetUnits"), e=_natural(plan, "excluded"),
        c=_real(plan, "clippingNorm"), gamma=_real(plan, "granularity"), v=_real(plan, "unitVariance"),
    )


def _read_parameters(request):
    return Parameters(
        session=_hex(request.get("session"), "session"), roster_root=_hex(request.get("rosterRoot"), "rosterRoot"),
        purpose=_hex(request.get("purpose"), "purpose"), round=_natural(request, "round"),
        n=_natural(request, "cohortSize"), d=_natural(request, "vectorLength"), b=_natural(request, "modulusBits"),
        k=_natural(request, "degree"), t=_natural(request, "threshold"), w=_natural(request, "window"),
        C=_natural(request, "committeeSize"), Q=_natural(request, "quorum"), u=_natural(request, "minimumSurvivors"),
        q=_natural(request, "components"), b0=_natural(request, "baseUnits"), T=_natural(request, "targetUnits"),
        e=_natural(request, "excluded"),
    )


def _read_noise_seeds(request, count):
    seeds = request.get("noiseSeeds")
    if seeds is None:
        return [os.urandom(32) for _ in range(count)]
    if not isinstance(seeds, list) or len(seeds) != count:
        raise BadRequest("noiseSeeds must be a list of %d seeds" % count)
    return [_hex(seed, "noiseSeeds", 32) for seed in seeds]


class Driver:
    """Answers requests, for one session after the other."""

    def __init__(self):
        self._device, self._last_round, self._sessions = None, None, set()

    def answer(self, request):
        try:
            if not isinstance(request, dict):
                raise BadRequest("a request must be an object")
            steps = {
                "join": self._join, "share": self._share, "mask": self._mask, "endorse": self._endorse,
                "unmask": self._unmask, "noise": self._noise,
            }
            step = request.get("step")
            if not isinstance(step, str) or step not in steps:
                raise BadRequest("there is no such step")
            return steps[step](request)
        except BadRequest as problem:
            return {"error": str(problem)}
        except Refused as refusal:
            self._leave()
            return {"refused": str(refusal)}
        except Exception as problem:
            traceback.print_exc()
            self._leave()
            return {"error": "internal: %r" % problem}

    def _leave(self):
        if self._device is not None:
            self._device.forget()
        self._device = None

    def _joined(self):
        if self._device is None:
            raise Refused("there is no session")
        return self._device

    def _join(self, request):
        plan, parameters = _read_plan(request), _read_parameters(request)
        identity_seed = _hex(request.get("identitySeed"), "identitySeed", 32)
        member_bytes = _hex(request.get("member"), "member")
        key = request.get("randomnessKey")
        randomness = Randomness(None if key is None else _hex(key, "randomnessKey", 32))
        last_round = None if request.get("lastRound") is None else _natural(request, "lastRound")
        own_minimum = 0 if request.get("ownMinimum") is None else _natural(request, "ownMinimum")
        share = None if request.get("assumedCorruptShare") is None else _real(request, "assumedCorruptShare")

        parameters.check()
        noise_seeds = _read_noise_seeds(request, parameters.q)
        self._leave()
        rounds = [number for number in (last_round, self._last_round) if number is not None]
        if rounds and parameters.round <= max(rounds):
            raise Refused("the round is not later than the last")
        if parameters.session in self._sessions:
            raise Refused("the session was used before")
        if parameters.u < own_minimum:
            raise Refused("fewer survivors are tolerated than this device accepts")
        if share is not None:
            parameters.check_protection(share)
        member = decode_member(member_bytes, parameters)
        self._device = Device(parameters, plan, member, identity_seed, randomness, noise_seeds)
        self._last_round = parameters.round
        self._sessions.add(parameters.session)
        return {"advertisement": self._device.advertisement().hex(), "digest": self._device.digest.hex()}

    def _share(self, request):
        message = _hex(request.get("introductions"), "introductions")
        return {"shares": self._joined().share(message).hex()}

    def _mask(self, request):
        message = _hex(request.get("shares"), "shares")
        device = self._joined()
        vector = elements = None
        if request.get("elements") is not None:
            elements = _numbers(request, "elements", int, device.parameters.d)
            elements = [element % (1 << device.parameters.b) for element in elements]
        elif device.plan is None:
            raise BadRequest("without a plan, the elements have to be given")
        else:
            vector = _numbers(request, "vector", (int, float), device.plan.m)
            try:
                vector = [float(value) for value in vector]
            except OverflowError:
                raise BadRequest("a value of the vector is too large")
        masked, elements = device.mask(message, vector, elements)
        return {"masked": masked.hex(), "elements": elements}

    def _endorse(self, request):
        message = _hex(request.get("survivors"), "survivors")
        return {"endorsement": self._joined().endorse(message).hex()}

    def _unmask(self, request):
        message = _hex(request.get("request"), "request")
        answer = self._joined().unmask(message)
        self._leave()
        return {"shares": answer.hex()}

    def _noise(self, request):
        family = _field(request, "distribution", str, "a name")
        variance, count = _natural(request, "scaledVariance"), _natural(request, "count")
        seed = _hex(request.get("seed"), "seed", 32)
        if count > 1 << 24:
            raise BadRequest("count is too large")
        try:
            return {"samples": samples(family, variance, seed, count)}
        except ValueError as problem:
            raise BadRequest(str(problem))


def main():
    driver = Driver()
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            request = json.loads(line)
        except ValueError as problem:
            answer = {"error": "no JSON: %s" % problem}
        else:
            answer = driver.answer(request)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
